"""Intake from the folder where the e-service leaves its files."""

import json
from pathlib import Path

import structlog

from robot.engine.intake import Accepted, Intake, Refused

log = structlog.get_logger(__name__)


class Folder:
    """The folder where the e-service leaves applications, one JSON file each."""

    def __init__(self, folder: Path, intake: Intake, *, process: str) -> None:
        self._folder = folder
        self._intake = intake
        self._process = process

    def poll(self) -> int:
        """Take every finished file (``*.json``) and move it to ``mottagna`` or ``avvisade``.

        Returns how many were new cases. A refused file gets a list of its faults beside it. A crash between taking and
        moving is harmless: the same bytes are the same case. A file that cannot be read or taken stays where it is, and
        the others are taken all the same.
        """
        for name in ("mottagna", "avvisade"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        return sum(self._taken(path) for path in sorted(self._folder.glob("*.json")))

    def _taken(self, path: Path) -> bool:
        try:
            result = self._intake.submit(path.read_bytes(), process=self._process, source="folder")
            if isinstance(result, Accepted):
                path.rename(_free(self._folder / "mottagna" / path.name, result.case))
                return result.new
            self._refuse(path, result)
        except Exception:  # one bad file must not keep the others waiting; its name may be a person's, and is not told
            log.exception("intake.file_failed")
        return False

    def _refuse(self, path: Path, refused: Refused) -> None:
        target = _free(self._folder / "avvisade" / path.name, refused.delivery)
        faults = [{"where": fault.where, "what": fault.what} for fault in refused.faults]
        report = {"delivery": refused.delivery, "faults": faults}
        text = json.dumps(report, ensure_ascii=False, indent=2)
        target.with_suffix(".faults.json").write_text(text, encoding="utf-8")
        path.rename(target)


def _free(target: Path, ref: str) -> Path:
    """The place itself, or one named after the delivery: an e-service may use a name again, and nothing is replaced."""
    return target.with_stem(f"{target.stem}-{ref}") if target.exists() else target
