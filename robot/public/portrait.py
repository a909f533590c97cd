"""A process as the public sees it: what it decides, on which law, from which data, and who watches over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import connectors.manifest
from connectors.manifest import ChannelManifest, RegisterManifest
from robot.definition import Definition
from robot.steps.fill import Fill
from robot.steps.send import Send

AUTONOMY = {"decide": "beslutar", "propose": "föreslår, en person beslutar"}
SENSITIVITY = {
    "none": "inga personuppgifter",
    "personal": "personuppgifter",
    "sensitive": "känsliga eller integritetskänsliga personuppgifter",
    "protected": "skyddade personuppgifter",
}
UNCONFIRMED = {"D": " (härlett)", "U": " (inte bekräftat)", "S": " (från en andrahandskälla)"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a register: why it is asked, the law that lets the register answer, and the fields it may give."""

    name: str
    title: str
    owner: str
    purpose: str
    law: tuple[str, ...]
    fields: tuple[str, ...]
    sensitivity: str


@dataclass(frozen=True, slots=True)
class LegalRule:
    """A rule in force: its sentence and its paragraph."""

    name: str
    text: str
    law: str
    since: date


@dataclass(frozen=True, slots=True)
class Kept:
    """A fact that the process keeps: its Swedish title, how sensitive it is and where it comes from."""

    title: str
    sensitivity: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything that stands in the public register and in the data-protection documents of a process."""

    definition: Definition
    asked: tuple[Asked, ...]
    rules: tuple[LegalRule, ...]
    kept: tuple[Kept, ...]
    recipients: tuple[str, ...]
    oversight: tuple[str, ...]
    sampled: Mapping[str, str]

    @property
    def autonomy(self) -> str:
        """What the robot does, in a word."""
        return AUTONOMY[self.definition.autonomy]


def portrait(definition: Definition, on: date) -> Portrait:
    """The process with the rules in force on a date."""
    manifests = {name: one.manifest for name, one in connectors.manifest.discover().items()}
    registers = [one for one in manifests.values() if isinstance(one, RegisterManifest)]
    used = {source for fact in definition.facts.values() for source in fact.sources}
    asked = [
        Asked(
            name,
            query.title,
            register.title,
            query.purpose,
            tuple(f"{basis.law}{UNCONFIRMED.get(basis.mark, '')}" for basis in query.legal_basis),
            query.fields,
            query.sensitivity,
        )
        for register in registers
        for name, query in register.queries.items()
        if name in used
    ]
    systems = sorted({definition.screens[step.fill].system for step in definition.steps if isinstance(step, Fill)})
    channels = dict.fromkeys(name for step in definition.steps if isinstance(step, Send) for name in step.to)
    told = [manifest for name in channels if isinstance(manifest := manifests.get(name), ChannelManifest)]
    checks = [title for step in definition.steps for title in step.titles().values()]
    return Portrait(
        definition,
        tuple(asked),
        tuple(_rules(definition, on)),
        tuple(Kept(fact.title, SENSITIVITY[fact.sensitivity], fact.sources) for fact in definition.facts.values()),
        (*(manifests[name].title for name in systems if name in manifests), *(one.title for one in told)),
        (*checks, *definition.review.always.values()),
        {} if definition.stickprov is None else {name: str(rate) for name, rate in definition.stickprov.rates.items()},
    )


def _rules(definition: Definition, on: date) -> list[LegalRule]:
    return [
        LegalRule(name, " ".join((version.function.__doc__ or "").split()), version.law, version.since)
        for name, versions in definition.book.rules.items()
        for version in versions
        if version.in_force(on)
    ]
