"""What is handed out alone: a receipt, the way between two checkpoints, and one case."""

from collections.abc import Sequence
from typing import Any

from audit.verify.chain import Chains, parse, read_json
from audit.verify.findings import Code, Report
from audit.verify.note import Head, NoteError, number, unbase64, unhash
from audit.verify.tree import consistent, included, leaf
from audit.verify.trust import Trust
from audit.verify.values import Values

RECEIPT = "c2sp.org/tlog-proof@v1"


def verify_receipt(data: bytes, leaf_hash: bytes | None, trust: Trust, report: Report) -> None:
    """Check a receipt (C2SP tlog-proof) for a leaf; without one, for the leaf that the receipt itself names."""
    text, _, note = data.partition(b"\n\n")
    try:
        index, named, proof = _receipt(text.decode().split("\n"))
        head = Head.parse(note, "receipt")
    except (NoteError, UnicodeDecodeError) as error:
        report.find(Code.ALTERED, "receipt", "a receipt in the form of tlog-proof", f"{error}")
        return
    _believe(head, trust, report)
    wanted = leaf_hash or named
    if wanted is None:
        report.find(Code.UNDECIDED, "receipt", "the leaf hash that stands in the letter, or the entry", "neither")
    elif not included(index, head.size, wanted, proof, head.root) or named not in {None, wanted}:
        report.find(Code.ALTERED, f"receipt, index {index}", "a proof that the leaf is in the tree", "another")
    report.count("receipts")


def verify_between(old: Head, new: Head, proof: Sequence[bytes] | None, trust: Trust, report: Report) -> None:
    """Check that a newer head continues an older one. ``proof``: the hashes of RFC 6962 § 2.1.2."""
    for head in (old, new):
        _believe(head, trust, report)
    if old.origin != new.origin:
        report.find(Code.UNDECIDED, new.where, f"a head of {old.origin}", new.origin)
    elif new.size < old.size:
        report.find(Code.SHORTER, new.where, f"at least {old.size} entries", f"{new.size}")
    elif proof is None and old.size != new.size:
        report.find(Code.UNDECIDED, new.where, "a consistency proof, or the log itself", "neither")
    elif not consistent(old.size, new.size, old.root, new.root, proof or ()):
        report.find(Code.FORK, new.where, f"a tree that begins with {old.where}", "no proof of it")
    report.count("checkpoints", 2)


def verify_case(data: bytes, trust: Trust, report: Report) -> None:
    """Check the document of one case: every entry is in the log, the chain is whole and closed, the values match."""
    document = read_json(data)
    try:
        head, entries, openings = _case(document)
    except NoteError as error:
        report.find(Code.UNDECIDED, "document", "a case and its proofs", f"{error}")
        return
    _believe(head, trust, report)
    chains = Chains(report)
    values = None if openings is None else Values(openings, report)
    for index, content, proof in entries:
        where, entry = f"entry {index}", parse(content)
        if entry is None or not included(index, head.size, leaf(content), proof, head.root):
            report.find(Code.ALTERED, where, "an entry, and a proof that it is in the log", "another")
            continue
        chains.add(where, entry, leaf(content))
        if values:
            values.watch(index, entry)
        report.count("entries")
    if values:
        values.finish()
    else:
        report.notes.append("No values were handed out: they have not been compared with what the entries commit to.")
    if len(chains) != 1:
        report.find(Code.CHAIN, "document", "the entries of one case", f"{len(chains)} cases")
    elif not chains.all_closed():
        report.find(Code.UNDECIDED, "document", "case.closed: only the whole log shows if more came", "an open case")


def _believe(head: Head, trust: Trust, report: Report) -> None:
    trust.signers(head, report)
    trust.witnessed(head, report)


def _receipt(lines: list[str]) -> tuple[int, bytes | None, list[bytes]]:
    named = unhash(lines.pop(1)[6:], "receipt: extra") if lines[1:] and lines[1].startswith("extra ") else None
    if lines[0] != RECEIPT or not lines[1:] or not lines[1].startswith("index "):
        raise NoteError(f"expected {RECEIPT} and an index, found another form")
    return number(lines[1][6:], "receipt: index"), named, [unhash(line, "receipt: proof") for line in lines[2:]]


def _case(document: Any) -> tuple[Head, list[tuple[int, bytes, list[bytes]]], list[Any] | None]:
    match document:
        case {"format": "arende-case/v1", "checkpoint": str(note), "entries": list(entries)}:
            openings = document.get("openings")
            found = openings if isinstance(openings, list) and openings else None
            return Head.parse(note.encode(), "checkpoint"), [_entry(item) for item in entries], found
    raise NoteError("expected a document in the form arende-case/v1, found another form")


def _entry(item: Any) -> tuple[int, bytes, list[bytes]]:
    match item:
        case {"index": int(index), "data": str(data), "proof": list(proof)}:
            return index, unbase64(data, "entry"), [unhash(str(one), "entry: proof") for one in proof]
    raise NoteError("entry: expected index, data and proof, found another form")
