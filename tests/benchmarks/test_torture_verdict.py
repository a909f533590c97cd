"""That the torture sees what it looks for."""

from datetime import UTC, datetime, timedelta

from benchmarks.torture_verdict import Intent, Record, doubled_effects, unintended

AT = datetime(2025, 9, 16, 8, tzinfo=UTC)
NAMES = {"c_1": "A-1-0001"}
NOTICE = Intent("c_1", "sms.notis", AT)


def test_the_same_effect_twice_is_seen() -> None:
    """Two messages of one case, under two keys or one, are a double; one of each kind is not."""
    other = Intent("c_1", "brev.beslutsbrev", AT)
    assert list(doubled_effects([Record(NOTICE), Record(other)], NAMES)) == []
    assert list(doubled_effects([Record(NOTICE), Record(NOTICE)], NAMES)) == ["A-1-0001: notis 2 times"]
    assert list(doubled_effects([Record(NOTICE, count=2)], NAMES)) == ["A-1-0001: notis 2 times"]


def test_the_same_notice_through_two_channels_is_seen() -> None:
    """A person who gets the notice as SMS and as e-mail has got it twice."""
    mail = Intent("c_1", "epost.notis", AT)
    assert list(doubled_effects([Record(NOTICE), Record(mail)], NAMES)) == ["A-1-0001: notis 2 times"]


def test_an_effect_that_nobody_intended_is_seen() -> None:
    """A record without an intent, or from before it, is without intent."""
    second = timedelta(seconds=1)
    assert list(unintended([Record(NOTICE, AT), Record(NOTICE, AT + second), Record(NOTICE)], NAMES)) == []
    assert len(list(unintended([Record(None, AT), Record(NOTICE, AT - second)], NAMES))) == 2
