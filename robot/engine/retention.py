"""How long a case is kept, and what is kept for research: SoL 16 kap. 1-4 §§ and SoF 13 kap. 1 §. Pure.

The rules are as design notes render the law: gallring five years after the last note, finished within the calendar year
after; nothing is erased in the counties of Östergötland, Gotland and Västernorrland or in Göteborg, and elsewhere not
what concerns persons born on the 5th, 15th or 25th. A process that the law exempts as such says ``preserve: all``.
"""

import json
from datetime import date, datetime
from typing import Any, Literal

from robot.definition.contents import personal_numbers
from robot.engine.working_days import SWEDEN, months_later

Preserve = Literal["socialtjanst", "all", "none"]
WHOLE_COUNTIES = {"05": "Östergötlands län", "09": "Gotlands län", "22": "Västernorrlands län"}
WHOLE_MUNICIPALITIES = {"1480": "Göteborg"}
SAMPLE_DAYS = frozenset({5, 15, 25})
ADDED_TO_DAY = 60
"""A samordningsnummer has sixty added to its day."""

PRESERVED = "preserved"
UNKNOWN_PLACE = "unknown_place"
UNKNOWN_PERSON = "unknown_person"
TOO_EARLY = "too_early"


def erasable_from(last_note: datetime, years: int) -> datetime:
    """When gallring falls due: the years after the last note in the person's file, aware UTC."""
    return months_later(last_note, 12 * years)


def erased_by(due: datetime) -> date:
    """The last day on which gallring has to be finished: the end of the calendar year after it fell due."""
    return date(due.astimezone(SWEDEN).year + 1, 12, 31)


def preserved(preserve: Preserve, kommunkod: str, application: Any) -> str | None:
    """Why the case is not erased, as a code; None when nothing keeps it.

    ``kommunkod``: four digits, empty when the settings do not say; ``application``: JSON data in which every person of
    the case stands with a personnummer. What cannot be told keeps the case: it can be erased later, but not brought
    back.
    """
    if preserve == "none":
        return None
    if preserve == "all" or kommunkod[:2] in WHOLE_COUNTIES or kommunkod in WHOLE_MUNICIPALITIES:
        return PRESERVED
    if not kommunkod:
        return UNKNOWN_PLACE
    days = birth_days(application)
    if not days:
        return UNKNOWN_PERSON
    return PRESERVED if days & SAMPLE_DAYS else None


def birth_days(value: Any) -> frozenset[int]:
    """The days of the month on which persons were born whose personnummer stand anywhere in JSON data or text."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    days = (int(match[2][4:]) for match in personal_numbers(text))
    return frozenset(day - ADDED_TO_DAY if day > ADDED_TO_DAY else day for day in days)
