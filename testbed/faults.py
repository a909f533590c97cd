"""Faults by name, as the command line gives them: ``system.call=kind``, e.g. ``skatteverket.agi=timeout``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from connectors import _mock
from connectors.arbetsformedlingen import mock as arbetsformedlingen
from connectors.epost import mock as epost
from connectors.skatteverket import mock as skatteverket
from connectors.sms import mock as sms
from testbed.verksamhetssystem import faults as case_system
from testbed.verksamhetssystem.app import page_names

ANY = "*"
CASE_SYSTEM = "verksamhetssystem"
MOCKS = {"skatteverket": skatteverket, "arbetsformedlingen": arbetsformedlingen, "sms": sms, "epost": epost}
SLOW_SECONDS = 1.0


class FaultError(ValueError):
    """The fault does not exist: says where, what was expected, what was found, and the closest match."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of one system, until the municipality is stopped. ``call`` is a question, a page or ``*``."""

    system: str
    call: str
    kind: str


def calls() -> dict[str, dict[str, tuple[str, ...]]]:
    """Every fault that can be switched on: system -> call -> kinds."""
    found = {
        system: {call: tuple(sorted(kind.value for kind in kinds)) for call, kinds in mock.FAULTS.items()}
        for system, mock in MOCKS.items()
    }
    kinds = tuple(sorted(kind.value for kind in case_system.FaultKind))
    return found | {CASE_SYSTEM: dict.fromkeys((ANY, *page_names()), kinds)}


def parse(text: str) -> Fault:
    """Read ``system.call=kind``. Raises FaultError."""
    place, equals, kind = text.partition("=")
    system, dot, call = place.partition(".")
    if not (equals and dot):
        raise FaultError(f"fault '{text}': expected system.call=kind, e.g. skatteverket.agi=timeout")
    known = calls()
    _known(text, "system", system, known)
    _known(text, f"call of {system}", call, known[system])
    _known(text, f"kind for {system}.{call}", kind, known[system][call])
    return Fault(system, call, kind)


def _known(text: str, what: str, found: str, expected: Iterable[str]) -> None:
    choices = sorted(expected)
    if found not in choices:
        close = get_close_matches(found, choices, n=1)
        hint = f"did you mean '{close[0]}'? " if close else ""
        raise FaultError(f"fault '{text}': unknown {what} '{found}'; {hint}there are: {', '.join(choices)}")


def of_mock(faults: Sequence[Fault], system: str) -> list[_mock.Fault]:
    """Those of a register or channel, in its own form."""
    return [
        _mock.Fault(call=fault.call, kind=_mock.FaultKind(fault.kind), delay_seconds=SLOW_SECONDS)
        for fault in faults
        if fault.system == system
    ]


def of_case_system(faults: Sequence[Fault]) -> list[case_system.Fault]:
    """Those of the case system, in its own form."""
    return [
        case_system.Fault(kind=case_system.FaultKind(fault.kind), page=fault.call, seconds=SLOW_SECONDS)
        for fault in faults
        if fault.system == CASE_SYSTEM
    ]
