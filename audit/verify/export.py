"""An export's files: checkpoints, entry bundles and hash tiles (C2SP tlog-tiles)."""

import re
from pathlib import Path

from audit.verify.findings import Code, Report
from audit.verify.note import Head, NoteError
from audit.verify.tree import TILE

ENTRIES = "entries"
_TILE = re.compile(r"(entries|[0-9]+)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]+))?", re.ASCII)


class Export:
    """A directory that `arende audit export` wrote. ``tiles`` not taken yet are files by (level, number) and width."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.tiles: dict[tuple[str, int], dict[int, Path]] = {}
        for path in sorted((directory / "tile").rglob("*")):
            match = _TILE.fullmatch(path.relative_to(directory / "tile").as_posix())
            if match and path.is_file():
                number = int(match[2].replace("/", "").replace("x", ""))
                self.tiles.setdefault((match[1], number), {})[int(match[3] or TILE)] = path

    def heads(self, report: Report) -> list[Head]:
        """``checkpoint`` first, then every one in ``checkpoints``; empty, with a finding, without the first."""
        newest = read_head(self.directory / "checkpoint", report, "checkpoint")
        if newest is None:
            return []
        paths = sorted((self.directory / "checkpoints").glob("*"))
        return [newest, *(head for path in paths if (head := read_head(path, report, f"checkpoints/{path.name}")))]

    def tile(self, level: str, number: int, report: Report) -> bytes | None:
        """Take out a tile, its bytes in the widest form; None, and a finding, without."""
        found = self.tiles.pop((level, number), None)
        if found:
            return found[max(found)].read_bytes()
        code = Code.SHORTER if level == ENTRIES and self.ends_with(level, number) else Code.UNDECIDED
        report.find(code, f"tile/{level}/{number}", "a tile", "no such file")
        return None

    def ends_with(self, level: str, number: int) -> bool:
        """Whether no tile of the level comes after this one."""
        return not any(name == level and other > number for name, other in self.tiles)


def read_head(path: Path, report: Report, where: str) -> Head | None:
    """A checkpoint file, or the checkpoint at the end of a receipt; None, and a finding, when it cannot be read."""
    try:
        data = path.read_bytes()
        receipt, _, note = data.partition(b"\n\n")
        return Head.parse(note if receipt.startswith(b"c2sp.org/tlog-proof@v1\n") else data, where)
    except NoteError as error:
        report.find(Code.SIGNATURE, where, "a signed checkpoint", f"{error}")
    except OSError as error:
        report.find(Code.UNDECIDED, where, "a checkpoint", f"{error.strerror}")
    return None


def split_bundle(data: bytes) -> tuple[list[bytes], bool]:
    """The entries of a bundle, each after its length as uint16, and whether the last one is whole."""
    entries, place = [], 0
    while place < len(data):
        begin = place + 2
        place = begin + int.from_bytes(data[begin - 2 : begin])
        entries.append(data[begin:place])
    return (entries, True) if place == len(data) else (entries[:-1], False)
