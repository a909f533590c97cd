"""A small process folder without a fault, for tests that break it in one place."""

from datetime import date
from pathlib import Path

TODAY = date(2025, 9, 15)

PROCESS = """\
process: provbidrag
title: Provbidrag
owner: Socialförvaltningen
law: Socialtjänstlag (2025:400) 12 kap.
in_force_on: manad
autonomy: decide
may_decide: [bifall]
delegation: Delegationsordningen, punkt 1
appeal: forvaltningsbesvar
application: Ansokan
retention_years: 5
answer:
  values: [norm, bidrag]
  checks: [inkomsten_rimlig]
steps:
  - guard: skatteverket.skydd
    as: skydd
    with: {personnummer: personnummer}
  - check:
      inkomsten_rimlig: Inkomsten är ovanlig
  - decide: utfall
    amount: bidrag
  - draw: stratum
  - fill: beslut
    when: beslut_ska_skrivas
  - send: notis
    to: {sms: telefon}
  - close: avslutad
review:
  within_working_days: 5
stickprov:
  rates: {alla: "1/20"}
"""

FACTS = """\
manad:    {title: Månaden, type: month, sensitivity: none, from: [engine]}
ansokan:  {title: Ansökan, type: Ansokan, sensitivity: personal, from: [intake]}
skydd:    {title: Skydd, type: Skydd, sensitivity: protected, from: [skatteverket.skydd]}
inkomst:  {title: Inkomst, type: amount, sensitivity: personal, from: [given]}
personer: {title: Antal personer, type: int, sensitivity: none, from: [given]}
"""

RECORDS = '''\
"""Provbidragets former."""

from robot.rules import Amount, Extract, Record


class Ansokan(Record):
    """Ansökan."""

    personnummer: str
    telefon: str
    inkomst: Amount
    personer: int


class Skydd(Extract):
    """Skyddade uppgifter."""

    Sekretessmarkering: bool


class Rad(Record):
    """En rad."""

    typ: str
    belopp: Amount
'''

RULES = '''\
"""Provbidragets regler."""

from decimal import Decimal
from typing import Literal

from robot.rules import rule

from .records import Ansokan, Rad


@rule(law="Provlag 1 §", since="2025-01-01")
def personnummer(ansokan: Ansokan) -> str:
    """Den sökandes personnummer."""
    return ansokan.personnummer


@rule(law="Provlag 1 §", since="2025-01-01")
def telefon(ansokan: Ansokan) -> str:
    """Den sökandes telefon."""
    return ansokan.telefon


@rule(law="Provlag 1 §", since="2025-01-01")
def inkomst(ansokan: Ansokan) -> Decimal:
    """Inkomsten i ansökan."""
    return ansokan.inkomst


@rule(law="Provlag 1 §", since="2025-01-01")
def personer(ansokan: Ansokan) -> int:
    """Antalet personer i ansökan."""
    return ansokan.personer


@rule(law="Provlag 2 §", since="2025-01-01")
def norm(personer: int, belopp_per_hushall: dict[int, Decimal]) -> Decimal:
    """Normen följer av antalet personer."""
    return belopp_per_hushall[personer]


@rule(law="Provlag 3 §", since="2025-01-01")
def bidrag(norm: Decimal, inkomst: Decimal) -> Decimal:
    """Bidraget är normen minus inkomsten, men aldrig under noll."""
    return max(Decimal(0), norm - inkomst)


@rule(law="Provlag 4 §", since="2025-01-01")
def utfall(bidrag: Decimal) -> Literal["bifall", "avslag"]:
    """Bifall när det finns ett bidrag att betala."""
    return "bifall" if bidrag > 0 else "avslag"


@rule(law="handläggningsrutin", since="2025-01-01")
def inkomsten_rimlig(inkomst: Decimal) -> tuple[str, ...]:
    """En hög inkomst ska ses av en person."""
    return (f"Inkomsten är {inkomst} kr.",) if inkomst > 9000 else ()


@rule(law="handläggningsrutin", since="2025-01-01")
def stratum(bidrag: Decimal) -> str:
    """Alla ärenden hör till samma stratum."""
    return "alla"


@rule(law="handläggningsrutin", since="2025-01-01")
def beslut_ska_skrivas(bidrag: Decimal) -> bool:
    """Beslutet skrivs när det finns ett bidrag."""
    return bidrag > 0


@rule(law="handläggningsrutin", since="2025-01-01")
def rader(bidrag: Decimal) -> tuple[Rad, ...]:
    """Beslutets rader."""
    return (Rad(typ="Bidrag", belopp=bidrag),)
'''

AMOUNTS = """\
belopp_per_hushall:
  title: Belopp per hushåll
  unit: SEK/month
  by: personer
  values:
    - {from: 2025-01-01, to: 2025-06-30, mark: V, source: Provlag, value: {1: 4900, 2: 7900}}
    - {from: 2025-07-01, to: 2026-12-31, mark: V, source: Provlag, value: {1: 5000, 2: 8000}}
  sha256: 3092a1d8779433b40d0f154b47e12d6706b4dbd559ff792047f4c5836337e0a2
"""

SCREEN = """\
screen: beslut
title: Nytt beslut
system: verksamhetssystem
kind: write
identity: {banner: Ärendet gäller, shows: [personnummer]}
open:
  - heading: Start
    press: Nytt beslut
pages:
  - heading: Beslut
    fields:
      Belopp: {value: bidrag, type: amount}
    rows:
      - table: Rader
        add: Ny rad
        each: rader
        columns: {Typ: typ, Belopp: {value: belopp, type: amount}}
    press: Nästa
save: {press: Spara, receipt: {heading: Sparat}}
look:
  - heading: Beslut
    compare: {Belopp: {value: bidrag, type: amount}}
"""

LETTER = """\
Du får {{ bidrag | kronor }}. {% for rad in forklara("bidrag") %}{{ rad.text }}{% endfor %}
"""

CASES = """\
- case: En person utan inkomst får hela normen
  on: 2025-09
  given: {personer: 1, inkomst: 0}
  expect: {bidrag: 5000, utfall: bifall}
  source: Provlag 2 §
"""

FILES = {
    "process.yaml": PROCESS,
    "facts.yaml": FACTS,
    "records.py": RECORDS,
    "rules.py": RULES,
    "parameters/belopp.yaml": AMOUNTS,
    "screens/beslut.yaml": SCREEN,
    "letters/notis.txt": LETTER,
    "tests/cases.yaml": CASES,
}


def write(parent: Path, **edits: tuple[str, str, str]) -> Path:
    """Write the folder below `parent`. Each edit is (file, old, new); `old` must stand in the file once, "" appends."""
    folder = parent / "provbidrag"
    files = dict(FILES)
    for file, old, new in edits.values():
        text = files.setdefault(file, "")
        assert old == "" or text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        files[file] = text + new if old == "" else text.replace(old, new)
    for file, text in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
