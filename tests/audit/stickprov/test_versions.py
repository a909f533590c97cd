"""New rules and programs: named in the period before their first ticket, and drawn more while they are new."""

from dataclasses import replace
from fractions import Fraction

import pytest

from audit.stickprov.period import RATE, VERSION, Stratum
from audit.stickprov.versions import note_version
from tests.audit.stickprov.ground import BIFALL, Month

AVSLAG = Stratum("avslag", Fraction(1, 1000), first=Fraction(1, 4))
CALM = replace(AVSLAG, name="lugn", first=None)


@pytest.fixture
def opened(month: Month) -> Month:
    """November, with a stratum that is drawn more while it is new and one that is not."""
    month.open(AVSLAG, CALM)
    return month


def causes(month: Month) -> list[tuple[str, str, str]]:
    """Stratum, rate and cause of every change in the chain."""
    entries = month.scribe.entries(month.period.chain)
    return [(one.body["stratum"], one.body["to"], one.body["cause"]) for one in entries if one.type == RATE]


def test_a_new_stratum_begins_at_the_rate_for_what_is_new(opened: Month) -> None:
    """It does so in the first month only, and only where the process asks for it; the next month goes on from falls."""
    assert {name: one.rate for name, one in opened.period.strata.items()} == {
        "avslag": Fraction(1, 4),
        "lugn": Fraction(1, 1000),
    }
    later = opened.open(AVSLAG, CALM, BIFALL, period="2026-12")
    assert later.strata["bifall"].rate == BIFALL.rate


def test_a_version_is_named_once_and_nothing_is_raised_twice(opened: Month) -> None:
    """The second draw by the same rules and program writes nothing; other rules of the month are named too."""
    period = opened.period
    for rules in ("sha256:aa", "sha256:aa", "sha256:bb"):
        period = note_version(opened.scribe, period, rules, "robot 1", (AVSLAG, CALM))
    entries = opened.scribe.entries(period.chain)
    named = [(one.body["rules"], one.body["new"]) for one in entries if one.type == VERSION]
    assert named == [("sha256:aa", ["rules", "build"]), ("sha256:bb", ["rules", "build"])]
    assert causes(opened) == []


@pytest.mark.parametrize(
    ("rules", "build", "cause"),
    [("sha256:bb", "robot 1", "new_rules"), ("sha256:aa", "robot 2", "new_build"), ("sha256:aa", "robot 1", "")],
)
def test_what_was_not_seen_before_last_month_raises_the_rates(month: Month, rules: str, build: str, cause: str) -> None:
    """Two months later only another version is new: it raises every stratum that wants it, with its cause."""
    first = month.open(replace(AVSLAG, first=None), CALM, period="2026-09")
    note_version(month.scribe, first, "sha256:aa", "robot 1", ())
    month.open(replace(AVSLAG, first=None), CALM)
    period = note_version(month.scribe, month.period, rules, build, (AVSLAG, CALM))
    assert causes(month) == ([("avslag", "1/4", cause)] if cause else [])
    assert period.strata["avslag"].rate == (Fraction(1, 4) if cause else AVSLAG.rate)


def test_a_raise_for_what_is_new_reaches_backwards(month: Month) -> None:
    """Cases of the month that were passed over are picked when new rules raise the rate, as by any other raise."""
    month.open(replace(AVSLAG, first=None, rate=Fraction(1, 10**6)))
    refs = [month.decided(number, outcome="avslag", stratum="avslag") for number in range(8)]
    for ref in refs:
        month.draw(ref, "avslag")
    assert not any(month.member(ref).picked for ref in refs)
    note_version(month.scribe, month.period, "sha256:bb", "robot 1", (replace(AVSLAG, first=Fraction(1)),))
    assert all(month.member(ref).picked for ref in refs)
