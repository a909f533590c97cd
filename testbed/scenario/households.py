"""Forty households, one for each case of a month, with test persons of a fitting age."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from testbed.scenario.kind import CASES_IN_A_ROUND, KINDS, Kind
from testbed.scenario.months import shifted
from testbed.scenario.numbers import TEMPORARY_NUMBER, age, born, coordination_form, published
from testbed.scenario.people import STREETS, Adult, Child, Household, Occupation, names, reachable

YOUNGEST, RETIRED = 18, 67


@dataclass(frozen=True, slots=True)
class Slot:
    """One household's place among the forty, and what kind of cases it has."""

    place: int
    kind: Kind
    household: Household


class _Numbers:
    """Deals out the published numbers, each once. When those of working age are too few, some pensioners work."""

    def __init__(self, rng: Random, first: date, last: date, needed: int) -> None:
        shuffled = list(published())
        rng.shuffle(shuffled)
        adults = [number for number in shuffled if age(born(number), first) >= YOUNGEST]
        self._young = [number for number in adults if age(born(number), last) < RETIRED]
        pensioners = sorted((number for number in adults if number not in self._young), key=born, reverse=True)
        still_working = max(0, needed - len(self._young))
        self._working, self._elderly = pensioners[:still_working], pensioners[still_working:]

    def take(self, *, works: bool, elderly: bool) -> str:
        pools = [self._elderly] if elderly else [self._working, self._young] if works else [self._young, self._working]
        for pool in pools:
            if pool:
                return pool.pop()
        raise ValueError("the published test numbers are used up: a scenario of this month needs more persons")


def slots(seed: int, *, first: date, last: date) -> list[Slot]:
    """The forty households of a seed for the months from ``first`` to ``last``."""
    rng = Random(f"{seed}/households")
    kinds = list(enumerate(_mixed(rng)))
    needed = sum(kind.traits.adults for _, kind in kinds if kind.traits.of_working_age)
    numbers = _Numbers(rng, first, last, needed)
    taken: set[str] = set()
    made: dict[int, Slot] = {}
    for place, kind in sorted(kinds, key=lambda numbered: not numbered[1].traits.works):  # pensioners who work go first
        made[place] = Slot(place, kind, _household(rng, place, kind, numbers, taken=taken, first=first, last=last))
    return [made[place] for place, _ in kinds]


def _mixed(rng: Random) -> Iterator[Kind]:
    """Every kind as often as it has slots, in an order where the decided ones are spread evenly."""
    every = [kind for kind in KINDS.values() for _ in range(kind.slots)]
    if len(every) != CASES_IN_A_ROUND:
        raise ValueError(
            f"the kinds' slots must add up to {CASES_IN_A_ROUND}, found {len(every)}: change a kind's slots"
        )
    rng.shuffle(every)
    groups = [[kind for kind in every if kind.traits.decided is decided] for decided in (True, False)]
    spread = [((place + 0.5) / len(group), kind) for group in groups for place, kind in enumerate(group)]
    yield from (kind for _, kind in sorted(spread, key=lambda placed: placed[0]))


def _household(
    rng: Random, place: int, kind: Kind, numbers: _Numbers, *, taken: set[str], first: date, last: date
) -> Household:
    traits = kind.traits
    family, given = names(rng, traits.adults + traits.children, taken)
    phone, email = reachable(rng, place)
    adults = []
    for index in range(traits.adults):
        number = _number(traits.identity, numbers, works=traits.works, elderly=traits.elderly)
        occupation: Occupation = "annat" if traits.elderly else "arbetar" if traits.works else "arbetssokande"
        contact = (phone, email) if index == 0 else (None, None)
        adults.append(Adult(number, given[index], family, born(number), occupation, *contact))
    births = _births(rng, kind, first, last)
    children = tuple(
        Child(name, family, birth, lunch_at_home=not traits.preschool)
        for name, birth in zip(given[traits.adults :], births, strict=True)
    )
    return Household(
        adults=tuple(adults),
        children=children,
        street=f"{rng.choice(STREETS)} {place + 1}",
        case_number=f"EB-{first.year - 1}-{place + 1:04d}",
        payee=f"Konto som slutar på {rng.randrange(1000, 10000)}",
        others=tuple(date(1985 + index, 5, 5) for index in range(traits.others_in_home)),
    )


def _number(identity: str, numbers: _Numbers, *, works: bool, elderly: bool) -> str:
    match identity:
        case "temporary":
            return TEMPORARY_NUMBER
        case "coordination":
            return coordination_form(numbers.take(works=False, elderly=True))
        case _:
            return numbers.take(works=works, elderly=elderly)


def _births(rng: Random, kind: Kind, first: date, last: date) -> list[date]:
    """Birthdays that fall in no month applied for (those are three months apart), so that ages are clear all month."""
    births = []
    for index in range(kind.traits.children):
        if kind.traits.preschool:
            month = shifted(last, -12 * rng.randrange(4, 6) - 2)
        elif kind.traits.new_child and index == kind.traits.children - 1:
            month = shifted(first, -2)
        else:
            month = shifted(first, -12 * rng.randrange(4, 11) - rng.choice((1, 2, 4, 5)))
        births.append(month.replace(day=rng.randrange(1, 28)))
    return births
