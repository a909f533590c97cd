"""Identity numbers that may stand in a simulation: Skatteverket's published test numbers, and forms that nobody has."""

from datetime import date
from functools import cache
from importlib.resources import files

SAMORDNING_DAY_OFFSET = 60
# A temporary number of the kind case systems give out. It has a letter, so no register can be asked about it.
TEMPORARY_NUMBER = "19880209T050"


@cache
def published() -> tuple[str, ...]:
    """Skatteverket's published test numbers, 12 digits each, in the order of the data file."""
    text = files(__package__).joinpath("testpersonnummer.csv").read_text(encoding="utf-8")
    header, *numbers = text.split()
    if header != "personnummer":
        raise ValueError(
            f"testpersonnummer.csv: expected the header 'personnummer' on the first line, found '{header}'"
        )
    return tuple(numbers)


def born(number: str) -> date:
    """The date of birth that a personnummer or samordningsnummer states."""
    day = int(number[6:8])
    return date(int(number[:4]), int(number[4:6]), day - SAMORDNING_DAY_OFFSET if day > SAMORDNING_DAY_OFFSET else day)


def age(birth: date, on: date) -> int:
    """Age in whole years on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def coordination_form(number: str) -> str:
    """The form of a samordningsnummer (day + 60), made from a published test number.

    Danger: no list of samordningsnummer for tests is published, so a correct one may belong to somebody. The check
    digit is therefore left as it was: adding 60 to the day moves the check sum by 3, and the result is never valid.
    """
    return f"{number[:6]}{int(number[6:8]) + SAMORDNING_DAY_OFFSET:02d}{number[8:]}"


def has_valid_check_digit(number: str) -> bool:
    """The check-digit test of folkbokföringslagen 18 § on the last ten digits."""
    weighted = (int(digit) * (2 - place % 2) for place, digit in enumerate(number[2:]))
    return sum(value // 10 + value % 10 for value in weighted) % 10 == 0
