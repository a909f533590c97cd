"""Entries: their one byte form (RFC 8785), and the chain of each case."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from audit.verify.findings import Code, Report

LARGEST_INTEGER = 2**53 - 1
AFTER_CLOSE = {"access.read", "pd.erased", "case.reopened"}
AFTER_CLOSE_BEGINS = ("human.review.", "review.", "sample.", "gallring.")
"""What may stand after `case.closed`: whole types, and how others begin."""
_NESTED = (dict, list)
_MAYBE = (str, type(None))
_NAMES = "actor", "body", "case", "case_prev", "case_seq", "causes", "intent", "mono", "pd", "ts", "type", "v"
_TYPES = {(dict, dict, str, prev, int, list, why, int, list, str, str, int) for prev in _MAYBE for why in _MAYBE}
"""The names of an entry in the order of its canonical bytes, and the types that their values may have."""
_write = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def _no_float(_: str) -> NoReturn:
    raise ValueError


def _exact(digits: str) -> int:
    value = int(digits)
    if abs(value) > LARGEST_INTEGER:
        raise ValueError
    return value


_read = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float, parse_int=_exact).decode


def _load(data: bytes) -> tuple[Any, bytes]:
    try:
        value = _read(data.decode())
        return value, _write(value).encode()
    except (ValueError, RecursionError):
        return None, b""


def read_json(data: bytes) -> Any:
    """The value of JSON bytes without floats and lone surrogates; None for anything else."""
    return _load(data)[0]


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of what `read_json` gave."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{%b}" % b",".join(_write(name).encode() + b":" + canonical(value[name]) for name in names)
    return b"[%b]" % b",".join(map(canonical, value)) if isinstance(value, list) else _write(value).encode()


def parse(data: bytes) -> dict[str, Any] | None:
    """The entry of canonical bytes in the form of version 1; None for anything else."""
    value, same = _load(data)
    if same != data or type(value) is not dict or tuple(value) != _NAMES or value["v"] != 1:
        return None
    if tuple(map(type, value.values())) not in _TYPES or not all(map(_is_commitment, value["pd"])):
        return None
    plain = data.isascii() or (_ascii_keys(value["actor"]) and _ascii_keys(value["body"]))
    return value if plain and all(type(cause) is int for cause in value["causes"]) else None


def _is_commitment(item: Any) -> bool:
    return type(item) is dict and item.keys() == {"f", "c", "v"} and all(type(text) is str for text in item.values())


def _ascii_keys(value: Any) -> bool:
    if type(value) is dict:
        return "".join(value).isascii() and all(_ascii_keys(item) for item in value.values() if type(item) in _NESTED)
    return all(_ascii_keys(item) for item in value if type(item) in _NESTED)


@dataclass(slots=True)
class _Chain:
    next: int = 0
    leaf: str | None = None
    closed: bool = False


class Chains:
    """Every case's chain, entry by entry in the log's order."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._cases: dict[str, _Chain] = {}

    def add(self, where: str, entry: Mapping[str, Any], leaf_hash: bytes) -> None:
        """Check one entry against the case's last."""
        case, seq, kind = entry["case"], entry["case_seq"], entry["type"]
        chain = self._cases.get(case)
        if chain is None:
            chain = self._cases[case] = _Chain()
        if seq != chain.next:
            self._gap(where, entry, f"case_seq {chain.next}", f"{seq}")
        elif entry["case_prev"] != chain.leaf:
            self._gap(where, entry, f"case_prev {chain.leaf}", f"{entry['case_prev']}")
        if entry["causes"] and not 0 <= min(entry["causes"]) <= max(entry["causes"]) < seq:
            self._gap(where, entry, f"causes below {seq}", f"{entry['causes']}")
        if chain.closed and not (kind in AFTER_CLOSE or kind.startswith(AFTER_CLOSE_BEGINS)):
            self._gap(where, entry, "nothing but reading, review and gallring after case.closed", kind)
        if kind == "case.closed":
            chain.closed = True
            if entry["body"].get("count") != seq + 1:
                self._gap(where, entry, f"case.closed to count {seq + 1} entries", f"{entry['body'].get('count')}")
        elif kind == "case.reopened":
            chain.closed = False
        chain.next, chain.leaf = seq + 1, leaf_hash.hex()

    def __len__(self) -> int:
        return len(self._cases)

    def all_closed(self) -> bool:
        """Whether the last word of every case is that it is closed."""
        return all(chain.closed for chain in self._cases.values())

    def _gap(self, where: str, entry: Mapping[str, Any], expected: str, found: str) -> None:
        self._report.find(Code.CHAIN, f"{where}, case {entry['case']}", expected, found)
