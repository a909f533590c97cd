"""The command `arende-verify`."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from audit.verify.definitions import Definitions
from audit.verify.export import Export, read_head
from audit.verify.findings import ADVICE, Code, Report
from audit.verify.log import Watch, verify_log
from audit.verify.note import NoteError, unhash
from audit.verify.proof import verify_between, verify_case, verify_receipt
from audit.verify.sample import Sample
from audit.verify.tree import HASH_BYTES, leaf
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
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--keys", type=Path, help="the log's keys, one on each line, from somebody else than the log")
    common.add_argument("--policy", type=Path, help="which log keys and how many witnesses must have signed")
    common.add_argument("--json", action="store_true", help="one JSON document on standard output")
    log = argparse.ArgumentParser(add_help=False, parents=[common])
    log.add_argument("directory", type=Path, help=FOLDER)
    log.add_argument("--known-head", type=Path, action="append", default=[], help="a checkpoint or receipt you kept")
    log.add_argument("--openings", type=Path, help="opened values, when they do not lie in the export")
    parser = argparse.ArgumentParser("arende-verify", description="Check the evidence of Ärenderobot, without it.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, parent, run, text in (
        ("log", log, _log, "every entry, tile, checkpoint and chain of a log"),
        ("erasure", log, _log, "the log, and every personal value against its commitment"),
        ("sample", log, _log, "the log, and every pick and non-pick of a period of the stickprov"),
        ("export", log, _log, "all of it: log, values, definitions and every revealed period"),
        ("case", common, _case, "the document of one case"),
        ("between", common, _between, "that a newer checkpoint continues an older one"),
        ("receipt", common, _receipt, "that a letter's receipt belongs to the log"),
    ):
        commands.add_parser(name, parents=[parent], help=text, description=text).set_defaults(run=run)
    for name, words in {
        "sample": ("log", "period"),
        "case": ("file",),
        "between": ("old", "new"),
        "receipt": ("file",),
    }.items():
        for word in words:
            commands.choices[name].add_argument(word, type=str if name == "sample" else Path)
    commands.choices["between"].add_argument("--proof", type=Path, help="a consistency proof, one hash on each line")
    commands.choices["receipt"].add_argument("--leaf", help="the leaf hash of the letter, 64 hex digits")
    commands.choices["receipt"].add_argument("--entry", type=Path, help="the entry's bytes")
    return parser


def _log(asked: argparse.Namespace, report: Report) -> None:
    export = Export(asked.directory)
    known = [head for path in asked.known_head if (head := read_head(path, report, f"{path}"))]
    watches: list[Watch] = []
    openings = asked.openings or asked.directory / "openings.jsonl"
    values = definitions = None
    if asked.command == "erasure" or (asked.command == "export" and openings.exists()):
        values = Values(read_openings(_read(openings)), report)
        watches.append(values.watch)
    if asked.command == "export":
        definitions = Definitions(asked.directory / "definitions", report)
        watches.append(definitions.watch)
    sample = Sample(report)
    if asked.command in {"sample", "export"}:
        watches.append(sample.watch)
    trust = _trust(asked, report, asked.directory / "keys")
    reading = verify_log(export, trust, known, report, watches=watches, tick=_bar(asked))
    if any((asked.directory / "timestamps").glob("*")):
        report.notes.append("Time-stamps (RFC 3161) are not checked here: use `arende audit timestamp` or openssl ts.")
    if reading is None or not reading.complete:
        return
    if values:
        values.finish()
    if definitions:
        definitions.finish()
    for log, period in [(asked.log, asked.period)] if asked.command == "sample" else sample.revealed():
        sample.finish(log, period, reading.roots)


def _case(asked: argparse.Namespace, report: Report) -> None:
    verify_case(_read(asked.file), _trust(asked, report), report)


def _between(asked: argparse.Namespace, report: Report) -> None:
    trust = _trust(asked, report)
    old, new = (read_head(path, report, f"{path}") for path in (asked.old, asked.new))
    lines = None if asked.proof is None else _read(asked.proof).decode("ascii", "replace").split()
    if old and new:
        proof = None if lines is None else [unhash(line, f"{asked.proof}") for line in lines]
        verify_between(old, new, proof, trust, report)


def _receipt(asked: argparse.Namespace, report: Report) -> None:
    leaf_hash = None if asked.entry is None else leaf(_read(asked.entry))
    if asked.leaf is not None:
        try:
            leaf_hash = bytes.fromhex(asked.leaf)
        except ValueError:
            leaf_hash = b""
        if len(leaf_hash) != HASH_BYTES:
            raise LackingError(f"--leaf: expected {2 * HASH_BYTES} hex digits, found another text")
    verify_receipt(_read(asked.file), leaf_hash, _trust(asked, report), report)


def _trust(asked: argparse.Namespace, report: Report, convenient: Path | None = None) -> Trust:
    """The keys and the policy that were given; only without them, and with a note, the keys of the export itself."""
    policy = (
        None
        if asked.policy is None
        else Policy.parse(_read(asked.policy).decode("utf-8", "replace"), f"{asked.policy}")
    )
    path = asked.keys
    if path is None and not (policy and policy.logs):
        path = convenient
        report.notes.append("The keys came with the export: this shows that it is whole, not who signed it.")
    if path is None and not (policy and policy.logs):
        raise LackingError("no key of the log: give --keys or --policy")
    return Trust(parse_keys(_read(path).decode("utf-8", "replace"), f"{path}") if path else [], policy)


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
        document = {
            "command": asked.command,
            "code": report.code,
            "result": report.code.name,
            "checked": report.checked,
        }
        json.dump(document | {"findings": found, "notes": report.notes}, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    sys.stderr.writelines(f"{finding}\n" for finding in report.findings)
    checked = ", ".join(f"{number} {name}" for name, number in report.checked.items()) or "nothing"
    sys.stdout.writelines(f"{line}\n" for line in (f"checked: {checked}", *report.notes))
    sys.stdout.write(f"{report.code.name} (exit code {report.code:d})\n")
