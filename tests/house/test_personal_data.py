"""Nothing in the repository may be, or look like, a living person's data."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.house.project import ROOT, refuse, texts

NUMBER = re.compile(r"(?<![\w.])(?P<century>1[89]|20)?(?P<ten>\d{6}[-+]?\d{4})(?![\w.]?\w)")
PHONE = re.compile(r"(?<!\w)(?:\+46|0046|0)[- ]?7(?:[- ]?\d){8}(?!\d)")
MAIL = re.compile(r"[\w.+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})\b", re.IGNORECASE)
FICTION = range(701740605, 701740700)  # the mobile numbers that Post- och telestyrelsen reserves for fiction
NUMBERS = Path("testbed/scenario/testpersonnummer.csv")
PUBLISHED = frozenset((ROOT / NUMBERS).read_text(encoding="utf-8").split()[1:])


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _is_date(six: str) -> bool:
    """Whether YYMMDD is a day, also with the 60 that a samordningsnummer adds to it."""
    year, month, day = int(six[:2]), int(six[2:4]), int(six[4:])
    try:
        date(2000 + year, month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


def _has_check_digit(ten: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(ten))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _personal_numbers(text: str) -> Iterator[re.Match[str]]:
    for match in NUMBER.finditer(text):
        ten = _digits(match["ten"])
        if _is_date(ten[:6]) and _has_check_digit(ten) and not PHONE.fullmatch(match[0]):
            yield match


def _is_published(match: re.Match[str]) -> bool:
    written = _digits(match[0])
    return any(number.endswith(written) for number in PUBLISHED)


def _place(path: Path, text: str, match: re.Match[str]) -> str:
    line = text.count("\n", 0, match.start()) + 1
    return f"{path}:{line}"


@pytest.mark.parametrize("written", ["{0}", "{0[2:]}", "({0}),", "'{0}'", "{1}-{2}", "{3}-{2}", "{3}+{2}"])
def test_a_personal_number_is_seen_in_every_spelling(written: str) -> None:
    """The lint sees a number of ten or twelve digits, with or without the sign between date and birth number."""
    number = "191212121212"
    text = written.replace("{0[2:]}", number[2:]).format(number, number[:8], number[8:], number[2:8])
    assert list(_personal_numbers(text))


@pytest.mark.parametrize(
    "other", ["191212121213", "191213121211", "a191212121212", "1912121212120", "0.1212121212", "0701740608"]
)
def test_other_numbers_are_left_alone(other: str) -> None:
    """A wrong check digit, a wrong date, a longer number and a phone number are not personal numbers."""
    assert not list(_personal_numbers(other))


def test_only_published_test_numbers_stand_in_the_repository() -> None:
    """A number with a valid date and check digit must be one that Skatteverket has published for tests."""
    refuse(
        (
            _place(path, text, match)
            for path, text in texts().items()
            for match in _personal_numbers(text)
            if not _is_published(match)
        ),
        f"This could be a living person's number. Use one of Skatteverket's test numbers in {NUMBERS}. "
        "If it is a timestamp or an order number, write it in another form:",
    )


def test_only_phone_numbers_for_fiction_stand_in_the_repository() -> None:
    """A mobile number must be one that is reserved for fiction."""
    refuse(
        (
            _place(path, text, match)
            for path, text in texts().items()
            for match in PHONE.finditer(text)
            if int(_digits(match[0])[-9:]) not in FICTION
        ),
        "A real phone could ring. Use 0701740605 to 0701740699:",
    )


def test_only_example_mail_addresses_stand_in_the_repository() -> None:
    """A mail address must be in example.com or example.se."""
    refuse(
        (
            _place(path, text, match)
            for path, text in texts().items()
            for match in MAIL.finditer(text)
            if match[1].lower() not in {"example.com", "example.se"}
        ),
        "Somebody could receive it. Use example.com or example.se:",
    )
