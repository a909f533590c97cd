"""The archive of process definitions: each package must be the version that its name, and the cases, say."""

import io
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from audit.verify.findings import Code, Report


class Definitions:
    """Watches which versions the cases were opened with."""

    def __init__(self, directory: Path, report: Report) -> None:
        self._packages = {path.stem: path for path in sorted(directory.glob("*.zip"))}
        self._report = report
        self._used: set[str] = set()

    def watch(self, _: int, entry: Mapping[str, Any], __: bytes) -> None:
        """Remember the version of a case that is opened."""
        version = entry["body"].get("version")
        if entry["type"] == "case.opened" and type(version) is str:
            self._used.add(version.removeprefix("sha256:"))

    def finish(self, _: object = None) -> None:
        """Report packages that are not what their name says, and versions that have no package."""
        for name, path in self._packages.items():
            if (found := _version(path.read_bytes())) != name:
                self._report.find(Code.ALTERED, f"definitions/{name}.zip", "the version it is named by", found)
        for name in sorted(self._used - self._packages.keys()):
            self._report.find(Code.UNDECIDED, f"definitions/{name}.zip", "the definition that cases began with", "none")
        self._report.count("definitions", len(self._packages))


def _version(package: bytes) -> str:
    """SHA-256 over sorted relative paths and contents, below the package's one folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        return "a package that does not open"
    digest = sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
