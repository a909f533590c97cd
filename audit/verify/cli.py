"""The command `arende-verify`."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from audit.verify.definitions import Definitions
from audit.verify.export import Export, read_head
from audit.verify.findings import ADVICE, Code, Report
from audit.verify.log import verify_log
from audit.verify.note import NoteError, unhash
from audit.verify.proof import verify_between, verify_case, verify_receipt
from audit.verify.sample import Sample
from audit.verify.tree import leaf
from audit.verify.trust import Policy, Trust, parse_keys
from audit.verify.values import Values, read_openings

FOLDER = "the folder that `arende audit export` wrote"
BAR = 30


class LackingError(Exception):
    """A file or a value that was asked for is not there, or not what it should be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code, see `Code`; 2 for wrong usage."""
    asked = _parser().parse_args(arguments)
    report = Report()
    try:
        asked.run(asked, report)
    except (NoteError, LackingError) as error:
        report.find(Code.UNDECIDED, asked.command, "all that is needed to check", f"{error}")
    _say(asked, report)
    return report.code


def _parser() -> argparse.ArgumentParser:
    common, log = (argparse.ArgumentParser(add_help=False) for _ in range(2))
    common.add_argument("--keys", type=Path, help="the log's keys, one on each line, from somebody else than the log")
    common.add_argument("--policy", type=Path, help="which log keys and how many witnesses must have signed")
    common.add_argument("--json", action="store_true", help="one JSON document on standard output")
    log.add_argument("directory", type=Path, help=FOLDER)
    log.add_argument("--known-head", type=Path, action="append", default=[], help="a checkpoint or receipt you kept")
    log.add_argument("--openings", type=Path, help="opened values, when they do not lie in the export")
    parser = argparse.ArgumentParser("arende-verify", description="Check the evidence of Ärenderobot, without it.")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, run: Callable[..., None], text: str, *files: str) -> argparse.ArgumentParser:
        parents = [common, log] if run is _log else [common]
        made = commands.add_parser(name, parents=parents, help=text, description=text)
        made.set_defaults(run=run)
        for file in files:
            made.add_argument(file, type=Path)
        return made

    command("log", _log, "every entry, tile, checkpoint and chain of a log")
    command("erasure", _log, "the log, and every personal value against its commitment")
    sample = command("sample", _log, "the log, and every pick and non-pick of a period of the stickprov")
    sample.add_argument("log")
    sample.add_argument("period")
    command("export", _log, "all of it: log, values, definitions and every revealed period")
    command("case", _case, "the document of one case", "file")
    between = command("between", _between, "that a newer checkpoint continues an older one", "old", "new")
    between.add_argument("--proof", type=Path, help="a consistency proof, one hash on each line")
    receipt = command("receipt", _receipt, "that a letter's receipt belongs to the log", "file")
    receipt.add_argument("--leaf", help="the leaf hash of the letter, 64 hex digits")
    receipt.add_argument("--entry", type=Path, help="the entry's bytes")
    return parser


def _log(asked: argparse.Namespace, report: Report) -> None:
    export, whole = Export(asked.directory), asked.command == "export"
    known = [head for path in asked.known_head if (head := read_head(path, report, f"{path}"))]
    openings = asked.openings or asked.directory / "openings.jsonl"
    parts: list[Values | Definitions | Sample] = []
    if asked.command == "erasure" or (whole and openings.exists()):
        parts.append(Values(read_openings(_read(openings)), report))
    if whole:
        parts.append(Definitions(asked.directory / "definitions", report))
    if whole or asked.command == "sample":
        parts.append(Sample(report, None if whole else (asked.log, asked.period)))
    trust, watches = _trust(asked, report, asked.directory / "keys"), [part.watch for part in parts]
    roots = verify_log(export, trust, known, report, watches=watches, tick=_bar(asked))
    if any((asked.directory / "timestamps").glob("*")):
        report.notes.append("Time-stamps (RFC 3161) are not checked here: use `arende audit timestamp` or openssl ts.")
    if roots is not None:
        for part in parts:
            part.finish(roots)


def _case(asked: argparse.Namespace, report: Report) -> None:
    verify_case(_read(asked.file), _trust(asked, report), report)


def _between(asked: argparse.Namespace, report: Report) -> None:
    trust = _trust(asked, report)
    old, new = (read_head(path, report, f"{path}") for path in (asked.old, asked.new))
    proof = asked.proof and [unhash(line, f"{asked.proof}") for line in _text(asked.proof).split()]
    if old and new:
        verify_between(old, new, proof, trust, report)


def _receipt(asked: argparse.Namespace, report: Report) -> None:
    leaf_hash = None if asked.entry is None else leaf(_read(asked.entry))
    if asked.leaf is not None:
        if not re.fullmatch("[0-9a-fA-F]{64}", asked.leaf):
            raise LackingError("--leaf: expected 64 hex digits, found another text")
        leaf_hash = bytes.fromhex(asked.leaf)
    verify_receipt(_read(asked.file), leaf_hash, _trust(asked, report), report)


def _trust(asked: argparse.Namespace, report: Report, convenient: Path | None = None) -> Trust:
    """The keys and the policy that were given; only without them, and with a note, the keys of the export itself."""
    policy = None if asked.policy is None else Policy.parse(_text(asked.policy), f"{asked.policy}")
    path = asked.keys
    if path is None and not (policy and policy.logs):
        if convenient is None:
            raise LackingError("no key of the log: give --keys or --policy")
        path = convenient
        report.notes.append("The keys came with the export: this shows that it is whole, not who signed it.")
    return Trust(parse_keys(_text(path), f"{path}") if path else [], policy)


def _text(path: Path) -> str:
    return _read(path).decode("utf-8", "replace")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LackingError(f"{path}: {error.strerror}") from None


def _bar(asked: argparse.Namespace) -> Callable[[int, int], None]:
    def tick(done: int, of: int) -> None:
        if not asked.json and sys.stderr.isatty():
            filled = "█" * (BAR * done // of)
            sys.stderr.write(f"\r{filled:<{BAR}} {100 * done // of} % of {of} entries{'' if done < of else chr(10)}")

    return tick


def _say(asked: argparse.Namespace, report: Report) -> None:
    if asked.json:
        found = [asdict(one) | {"kind": one.code.name, "advice": ADVICE[one.code]} for one in report.findings]
        told = {"command": asked.command, "code": report.code, "result": report.code.name, "checked": report.checked}
        told |= {"findings": found, "notes": report.notes}
        sys.stdout.write(f"{json.dumps(told, ensure_ascii=False, indent=2)}\n")
        return
    sys.stderr.writelines(f"{finding}\n" for finding in report.findings)
    checked = ", ".join(f"{number} {name}" for name, number in report.checked.items()) or "nothing"
    lines = f"checked: {checked}", *report.notes, f"{report.code.name} (exit code {report.code:d})"
    sys.stdout.writelines(f"{line}\n" for line in lines)
