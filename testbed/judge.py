"""Whether a case ended where the scenario says."""

from collections.abc import Sequence

from testbed.agreement import JournalCase, kronor
from testbed.scenario.expected import Expected


def wrong_against(expected: Expected, case: JournalCase, *, faulty: bool) -> str | None:
    """How the case's end differs from what the scenario says; None when it is right.

    ``faulty``: faults are switched on. Then a person is always a right end, as long as there is a reason; a decision
    must be the expected one all the same.
    """
    name = case.application
    if case.status == "running":
        return f"{name}: the robot is not done with it"
    if case.decided_by_robot:
        return _wrong_decision(expected, case, faulty=faulty)
    return _wrong_handover(expected, case, faulty=faulty)


def _wrong_handover(expected: Expected, case: JournalCase, *, faulty: bool) -> str | None:
    name = case.application
    if not case.reasons:
        return f"{name}: handed to a person without a reason"
    missing = [code for code in sorted(expected.reasons) if not any(_meets(given, code) for given in case.reasons)]
    more = [given for given in case.reasons if not any(_meets(given, code) for code in expected.reasons)]
    if expected.ends == "decided" and not faulty:
        return f"{name}: handed to a person for {_codes(case.reasons)}, expected a decision"
    if missing and not (faulty and more):
        return f"{name}: {_codes(missing)} not given as a reason, only {_codes(case.reasons)}"
    if more and not faulty:
        return f"{name}: {_codes(more)} given as a reason, expected only {_codes(sorted(expected.reasons))}"
    return None


def _wrong_decision(expected: Expected, case: JournalCase, *, faulty: bool) -> str | None:
    name = case.application
    if expected.ends == "person":
        return f"{name}: the robot decided, expected a person for {_codes(sorted(expected.reasons))}"
    wanted = None if expected.amount is None else int(expected.amount * 100)
    if (case.outcome, case.amount_ore) != (expected.outcome, wanted):
        return f"{name}: decided {case.outcome} {kronor(case.amount_ore)}, expected {expected.outcome} {kronor(wanted)}"
    if case.status != "closed" and not case.sampled and not faulty:
        return f"{name}: rightly decided but not carried out: {_codes(case.reasons)}"
    return None


def _meets(given: str, expected: str) -> bool:
    return given.startswith(expected) if expected.endswith(".") else given == expected


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(codes) or "no reason"
