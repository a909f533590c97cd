"""Intake from the folder where the e-service leaves its files."""

import json
import os
from datetime import timedelta
from pathlib import Path

import structlog

from audit.clock import Clock
from robot.engine.intake import Accepted, Intake, Refused

log = structlog.get_logger(__name__)
REFUSED = "avvisade"


class Folder:
    """The folder where the e-service leaves applications, one JSON file each."""

    def __init__(self, folder: Path, intake: Intake, *, process: str, clock: Clock, refused_days: int) -> None:
        """``refused_days``: how long a refused file is left for whoever looks after the e-service."""
        self._folder = folder
        self._intake = intake
        self._process = process
        self._clock = clock
        self._kept = timedelta(days=refused_days)

    def poll(self) -> int:
        """Take every finished file (``*.json``): what is taken lies in the vault and is removed here.

        Returns how many were new cases. A refused file moves to ``avvisade`` with a list of its faults beside it. A
        crash between taking and removing is harmless: the same bytes are the same case. A file that cannot be read or
        taken stays where it is, and the others are taken all the same.
        """
        (self._folder / REFUSED).mkdir(parents=True, exist_ok=True)
        return sum(self._taken(path) for path in sorted(self._folder.glob("*.json")))

    def clear(self) -> int:
        """Remove what was refused longer ago than it is kept, with its faults; how many files. The vault has them."""
        before = (self._clock.now() - self._kept).timestamp()
        old = [path for path in (self._folder / REFUSED).glob("*") if path.is_file() and path.stat().st_mtime < before]
        for path in old:
            path.unlink()
        if old:
            log.info("intake.cleared", files=len(old))
        return len(old)

    def _taken(self, path: Path) -> bool:
        try:
            result = self._intake.submit(path.read_bytes(), process=self._process, source="folder")
            if isinstance(result, Accepted):
                path.unlink(missing_ok=True)
                return result.new
            self._refuse(path, result)
        except Exception:  # one bad file must not keep the others waiting; its name may be a person's, and is not told
            log.exception("intake.file_failed")
        return False

    def _refuse(self, path: Path, refused: Refused) -> None:
        target = _free(self._folder / REFUSED / path.name, refused.delivery)
        faults = [{"where": fault.where, "what": fault.what} for fault in refused.faults]
        report = {"delivery": refused.delivery, "faults": faults}
        text = json.dumps(report, ensure_ascii=False, indent=2)
        listed = target.with_suffix(".faults.json")
        listed.write_text(text, encoding="utf-8")
        path.rename(target)
        # Kept from now on, by the clock that they are cleared by; the e-service may have written the file long ago.
        now = self._clock.now().timestamp()
        for file in (target, listed):
            os.utime(file, (now, now))


def _free(target: Path, ref: str) -> Path:
    """The place itself, or one named after the delivery: an e-service may use a name again, and nothing is replaced."""
    return target.with_stem(f"{target.stem}-{ref}") if target.exists() else target
