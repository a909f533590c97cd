"""Letters and notices: the process folder's templates filled with what the rules found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, select_autoescape

from audit.log.receipt import Receipt
from robot.engine.view import SWEDEN, CaseView, robot_decider
from robot.rules import Finding, Reason

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]


@dataclass(frozen=True, slots=True)
class DecisionText:
    """The decision as templates see it. ``belopp`` is SEK for the month; ``dag`` the Swedish date."""

    utfall: str
    belopp: Decimal
    dag: date
    beslutsfattare: str
    av_person: bool
    motivering: str


@dataclass(frozen=True, slots=True)
class ReceiptText:
    """The decision's place in the log as templates see it: ``fil`` is the whole receipt, short enough for a QR code."""

    logg: str
    post: int
    fingeravtryck: str
    antal: int
    rot: str
    fil: str


@dataclass(frozen=True, slots=True)
class ExplainedRow:
    """One line of an explanation. ``depth`` 0 is the asked name; each level deeper is what the level above rests on."""

    name: str
    text: str
    law: str
    value: str
    depth: int


def kronor(value: Decimal | int) -> str:
    """An amount as people read it in Swedish: ``12 345 kr`` or ``249,75 kr``, with hard spaces."""
    amount = Decimal(value)
    digits = f"{amount:,.2f}" if amount != amount.to_integral_value() else f"{amount:,.0f}"
    return digits.replace(",", "\u00a0").replace(".", ",").replace("-", "\u2212") + "\u00a0kr"


def datum(value: date | datetime) -> str:
    """A day as ``2 september 2025``; a moment is told in Swedish time."""
    day = value.astimezone(SWEDEN).date() if isinstance(value, datetime) else value
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def manad_text(value: date) -> str:
    """A month as ``september 2025``."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def template_values(case: CaseView, template: Path) -> tuple[dict[str, Any], tuple[Reason, ...]]:
    """What the template needs: every fact and rule it mentions, and the reasons why some cannot be had."""
    wanted = sorted(_names(template, _stamp(template.parent)) - set(_CONTEXT))
    values, reasons = case.values(wanted)
    return {**values, **_context(case)}, reasons


def render(template: Path, values: Mapping[str, Any]) -> str:
    """Fill the template. A name without a value is an error, never an empty space in somebody's decision."""
    return _environment(template.parent).get_template(template.name).render(values)


def pdf(html: str, folder: Path) -> bytes:
    """The letter as PDF/A-2a and PDF/UA-1, tagged and with its language, so that it can be archived and read aloud.

    ``folder`` is where style sheets lie; nothing is fetched from a network.
    """
    from weasyprint import HTML  # noqa: PLC0415 - it loads all of Pango; commands without letters must not wait for it

    from robot.steps._qr import Pictures  # noqa: PLC0415 - as above

    document = HTML(string=html, base_url=folder.as_uri() + "/", url_fetcher=Pictures())
    content: bytes = document.write_pdf(pdf_variant="pdf/a-2a", pdf_tags=True, finisher=_claim_pdf_ua)
    return content


def _claim_pdf_ua(_document: Any, content: Any) -> None:
    # The library writes one variant's claim; PDF/A allows the other's when the metadata also describes its schema.
    number = int(content.catalog["Metadata"].split()[0])
    metadata = content.objects[number]
    metadata.stream = [part.replace(b"</rdf:RDF>", _PDF_UA + b"</rdf:RDF>") for part in metadata.stream]


def explain(case: CaseView, name: str) -> list[ExplainedRow]:
    """The finding tree below ``name`` as rows, in the order a reader follows; each name once."""
    rows: list[ExplainedRow] = []
    seen: set[str] = set()

    def walk(finding: Finding, depth: int) -> None:
        if finding.name in seen:
            return
        seen.add(finding.name)
        rows.append(ExplainedRow(finding.name, finding.text or "", finding.law or "", _shown(finding.value), depth))
        for below in finding.inputs:
            walk(below, depth + 1)

    walk(case.evaluate((name,))[name], 0)
    return rows


_PDF_UA = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that the file keeps to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""

_CONTEXT = ("beslut", "version", "forklara", "kvitto")


def _context(case: CaseView) -> dict[str, Any]:
    decision = case.state.decision
    text = None
    if decision is not None:
        text = DecisionText(
            decision.outcome,
            decision.amount,
            decision.at.astimezone(SWEDEN).date(),
            decision.name,
            decision.by != "robot",
            decision.motivation,
        )
    elif case.state.proposal is not None:
        proposal = case.state.proposal
        text = DecisionText(
            proposal.outcome,
            proposal.amount,
            case.today,
            robot_decider(case.definition),
            av_person=False,
            motivering="",
        )
    return {
        "beslut": text,
        "version": case.definition.version.removeprefix("sha256:")[:12],
        "forklara": lambda name: explain(case, name),
        "kvitto": None if case.state.receipt is None else receipt_text(case.state.receipt),
    }


def receipt_text(body: Mapping[str, Any]) -> ReceiptText:
    """What the letter says of a journalled receipt."""
    fil = Receipt.of_body(dict(body)).text()
    return ReceiptText(body["origin"], body["index"], body["leaf"], body["size"], body["root"], fil)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when a template does: an author looks at letters while writing them."""
    return tuple((path.name, (found := path.stat()).st_mtime_ns, found.st_size) for path in sorted(folder.iterdir()))


@lru_cache(maxsize=64)
def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment


FILTERS = {"kronor": kronor, "datum": datum, "manad_text": manad_text}


@lru_cache(maxsize=256)
def _names(template: Path, _: tuple[tuple[str, int, int], ...]) -> frozenset[str]:
    environment = _environment(template.parent)
    names: set[str] = set()
    waiting, done = [template.name], set[str]()
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        tree = environment.parse((template.parent / name).read_text(encoding="utf-8"))
        names |= meta.find_undeclared_variables(tree)
        waiting += [referred for referred in meta.find_referenced_templates(tree) if referred is not None]
    return frozenset(names)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, Decimal):
        return kronor(value)
    if isinstance(value, date):
        return datum(value)
    if isinstance(value, int | str):
        return str(value)
    return ""
