"""The files of a process folder: which they are, their content hash, and what must never stand in them."""

import errno
import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path, PurePosixPath

from robot.definition.problem import Problem

_SKIPPED = "__pycache__"
_MADE = (1980, 1, 1, 0, 0, 0)
_NUMBER = re.compile(r"(?<![0-9A-Za-z])([0-9]{2})?([0-9]{6})[-+ ]?([0-9]{4})(?![0-9A-Za-z])")
_SECRET = re.compile(r"password|token|secret|BEGIN ([A-Z]+ )?PRIVATE KEY", re.IGNORECASE)


class PackageError(Exception):
    """A stored process version is not what it says it is."""


def files(folder: Path) -> list[str]:
    """Return the relative POSIX paths of every file that belongs to the definition, sorted."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not any(p == _SKIPPED or p.startswith(".") for p in path.parts))


def version(folder: Path) -> str:
    """Return "sha256:…" over sorted relative paths and bytes: the version that a case keeps."""
    digest = hashlib.sha256()
    for file in files(folder):
        content = (folder / file).read_bytes()
        digest.update(f"{file}\0{len(content)}\0".encode())
        digest.update(content)
    return f"sha256:{digest.hexdigest()}"


def pack(folder: Path) -> bytes:
    """Return the whole definition as a zip; the same folder always gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for file in files(folder):
            archive.writestr(zipfile.ZipInfo(f"{folder.name}/{file}", _MADE), (folder / file).read_bytes())
    return buffer.getvalue()


def unpack(data: bytes, directory: Path, expected_version: str) -> Path:
    """Write a packed definition below `directory` and return its folder, which has the name of the process.

    It is there whole or not at all: others may unpack the same version at the same time, or die while they do.
    Raises PackageError when a path leaves the folder or the content is not `expected_version`.
    """
    place = directory / expected_version.replace(":", "-")
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".unpacking-") as name:
        whole = Path(name, "whole")
        try:
            process = _write(data, whole)
        except zipfile.BadZipFile as error:
            msg = f"expected the process version {expected_version}, found a broken package: {error}"
            raise PackageError(msg) from None
        found = version(whole / process)
        if found != expected_version:
            raise PackageError(f"expected the process version {expected_version}, found {found}")
        if not _moved(whole, place) and version(place / process) != expected_version:
            # Not left by us: somebody has touched it.
            place.rename(Path(name, "touched"))
            _moved(whole, place)
    return place / process


def _moved(folder: Path, place: Path) -> bool:
    """Move the folder there in one step; False when there is one already."""
    try:
        folder.rename(place)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
            raise
        return False
    return True


def _write(data: bytes, place: Path) -> str:
    """Write the package's files below ``place``; the name of the process."""
    process = ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or len(path.parts) < 2:
                raise PackageError(f"the package holds a path outside its folder: {name}")
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(archive.read(name))
            process = path.parts[0]
    return process


def scan(folder: Path) -> list[Problem]:
    """Return a problem for all that looks like a personnummer or a secret; a number itself is not shown."""
    problems = []
    for file in files(folder):
        text = (folder / file).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            for match in personal_numbers(line):
                message = "a number that looks like a personnummer"
                hint = "a process definition is public: take it out"
                problems.append(Problem(file, number, match.start() + 1, message, hint))
            for match in _SECRET.finditer(line):
                message = f"the word `{match[0]}` looks like a secret"
                hint = "secrets live in the environment, never in a process folder; choose another word"
                problems.append(Problem(file, number, match.start() + 1, message, hint))
    return problems


def personal_numbers(text: str) -> Iterator[re.Match[str]]:
    """Every personnummer and samordningsnummer in a text: a real date and a right check digit, with or without century.

    The second group is the six digits ÅÅMMDD; a samordningsnummer has 60 added to its day.
    """
    return (match for match in _NUMBER.finditer(text) if _is_personal_number(match))


def _is_personal_number(match: re.Match[str]) -> bool:
    century, short, last = match[1], match[2], match[3]
    day = int(short[4:])
    months_day = f"{short[2:4]}-{day - 60 if day > 60 else day:02}"
    if not any(_is_date(f"{before}{short[:2]}-{months_day}") for before in ([century] if century else ["19", "20"])):
        return False
    doubled = (int(digit) * (2 - index % 2) for index, digit in enumerate(short + last))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
