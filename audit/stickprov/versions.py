"""By which rules and which program a period's decisions were made, and that more is drawn while either is new."""

from collections.abc import Iterable

from audit.stickprov.close import pick_more
from audit.stickprov.frame import frame
from audit.stickprov.month import previous
from audit.stickprov.period import VERSION, Period, Stratum, chain, change_rate, periods, write_to
from audit.stickprov.scribe import Scribe


def note_version(scribe: Scribe, period: Period, rules: str, build: str, strata: Iterable[Stratum]) -> Period:
    """Journal, before the first draw of a version in the period, that it decides; draw more while it is new.

    New is what was first seen in this period or the one before, so that it is new for a month at least. Every stratum
    is then drawn at its ``first`` rate, backwards in the period too. Raises `JournalConflictError`.
    """
    if period.closed or (rules, build) in period.versions:
        return period
    new = _new(scribe, period, rules, build)
    body = {"log": period.log, "period": period.period, "rules": rules, "build": build, "new": new}
    period = write_to(scribe, period, VERSION, body)
    if not new:
        return period
    cause = "new_rules" if "rules" in new else "new_build"
    raised = [one for one in strata if _is_below(period, one)]
    for one in raised:
        assert one.first is not None  # noqa: S101 - asked for in _is_below
        period = change_rate(scribe, period, one.name, one.first, cause=cause, figures={"program": build})
    if raised:
        pick_more(scribe, period, list(frame(scribe.journal, scribe.session, period)), final=False)
    return period


def _is_below(period: Period, wanted: Stratum) -> bool:
    planned = period.strata.get(wanted.name)
    return wanted.first is not None and planned is not None and planned.rate < wanted.first


def _new(scribe: Scribe, period: Period, rules: str, build: str) -> list[str]:
    before = previous(period.period)
    known = [
        entry.body
        for name in periods(scribe.session, period.log)
        if name < before
        for entry in scribe.entries(chain(period.log, name))
        if entry.type == VERSION
    ]
    found = {"rules": rules, "build": build}
    return [word for word, value in found.items() if all(body[word] != value for body in known)]
