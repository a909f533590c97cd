"""Intake from the folder where the e-service leaves its files."""

import json
from pathlib import Path

from robot.engine.intake import Accepted, Intake


class Folder:
    """The folder where the e-service leaves applications, one JSON file each."""

    def __init__(self, folder: Path, intake: Intake, *, process: str) -> None:
        self._folder = folder
        self._intake = intake
        self._process = process

    def poll(self) -> int:
        """Take every finished file (``*.json``) and move it to ``mottagna`` or ``avvisade``.

        Returns how many were new cases. A refused file gets a list of its faults beside it. A crash between taking and
        moving is harmless: the same bytes are the same case.
        """
        taken = 0
        for name in ("mottagna", "avvisade"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.glob("*.json")):
            data = path.read_bytes()
            result = self._intake.submit(data, process=self._process, source="folder")
            if isinstance(result, Accepted):
                taken += result.new
                path.rename(self._folder / "mottagna" / path.name)
            else:
                listed = [{"where": fault.where, "what": fault.what} for fault in result.faults]
                report = self._folder / "avvisade" / f"{path.stem}.faults.json"
                report.write_text(
                    json.dumps({"delivery": result.delivery, "faults": listed}, ensure_ascii=False, indent=2)
                )
                path.rename(self._folder / "avvisade" / path.name)
        return taken
