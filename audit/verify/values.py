"""Personal values against the commitments of the log: a match, a mismatch, erased by decision, or simply gone."""

import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from audit.verify.chain import canonical, read_json
from audit.verify.findings import Code, Report

Place = tuple[int, str, str]
ERASED = "pd.erased"
SECRET_BYTES = 32
"""HMAC fills a shorter key up with zeroes: of a secret that ends in them there would be several spellings."""


def commitment(secret: bytes, case: str, case_seq: int, field: str, value: Any) -> str:
    """HMAC-SHA256 over label, case, place, field and value, each after its length as eight bytes; 64 hex digits."""
    parts = (b"pd/v1", case.encode(), b"%d" % case_seq, field.encode(), canonical(value))
    message = b"".join(len(part).to_bytes(8) + part for part in parts)
    return hmac.digest(secret, message, "sha256").hex()


class Values:
    """Watches a log's entries with the opened values at hand, and knows at the end what is gone without a decision."""

    def __init__(self, openings: Iterable[Any], report: Report) -> None:
        self._report = report
        self._openings: dict[str, tuple[bytes, Any]] = {}
        self._gone: dict[str, list[Place]] = {}
        self._here: dict[str, list[Place]] = {}
        for number, opening in enumerate(openings, start=1):
            match opening:
                case {"v": str(place), "secret": str(text), "value": value} if (
                    place not in self._openings and len(secret := _unhex(text)) == SECRET_BYTES
                ):
                    self._openings[place] = (secret, value)
                case _:
                    report.find(Code.COMMITMENT, f"opening {number}", "v, secret and value, each place once", "others")

    def watch(self, index: int, entry: Mapping[str, Any], _: bytes = b"") -> None:
        """Compare the values that an entry commits to; let a tombstone excuse what is gone before it."""
        case, seq, where = entry["case"], entry["case_seq"], f"entry {index}"
        if entry["type"] == ERASED:
            self._bury(case, entry["body"], where)
        for item in entry["pd"]:
            opening = self._openings.pop(item["v"], None)
            place = (seq, item["f"], f"{where}, {item['v']}")
            if opening is None:
                self._gone.setdefault(case, []).append(place)
                continue
            self._here.setdefault(case, []).append(place)
            self._report.count("values")
            if commitment(opening[0], case, seq, item["f"], opening[1]) != item["c"]:
                self._report.find(Code.COMMITMENT, place[2], "the value that was committed to", "another")

    def finish(self, _: object = None) -> None:
        """Report what is gone without a decision, and what nothing commits to."""
        for _, _, where in (place for places in self._gone.values() for place in places):
            self._report.find(Code.GONE, where, f"a value, or a later {ERASED} with its decision", "neither")
        for place in self._openings:
            self._report.find(Code.COMMITMENT, place, "an entry that commits to it", "none")
        if not {"values", "erased"} & self._report.checked.keys() and not self._gone:
            self._report.find(Code.UNDECIDED, "values", "at least one commitment", "none")

    def _bury(self, case: str, body: Mapping[str, Any], where: str) -> None:
        decision, fields = body.get("decision"), body.get("fields")
        if type(decision) is not str or not decision.strip() or not (fields == "all" or type(fields) is list):
            self._report.find(Code.GONE, where, f"{ERASED} with decision and fields", "another form")
            return
        gone = self._gone.pop(case, [])
        self._gone[case] = [place for place in gone if fields != "all" and place[1] not in fields]
        self._report.count("erased", len(gone) - len(self._gone[case]))
        for place in self._here.get(case, ()):
            if fields == "all" or place[1] in fields:
                self._report.find(Code.COMMITMENT, place[2], f"nothing, after the {ERASED} of {where}", "a value")


def read_openings(data: bytes) -> list[Any]:
    """The openings of a file with one on each line; None in the place of a line that cannot be read."""
    return [read_json(line) for line in data.splitlines()]


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
