"""The scenario's own table of riksnormen, SEK/month. Not shared with the process: a slip in one must show in the other.

Sources: 2019 socialstyrelsen.se; 2020-2024 municipal pages and public calculators, checked against the yearly uplift;
2025 SFS 2025:468, SoF 12 kap. 2 §; 2026 worked out as 2025 x 1.007, up to the next ten (not confirmed by a statute).
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

BANDS = ((0, "0 år"), (2, "1-2 år"), (3, "3 år"), (6, "4-6 år"), (10, "7-10 år"), (14, "11-14 år"), (18, "15-18 år"))
BANDS_WITH_LUNCH_COLUMN = 4


@dataclass(frozen=True, slots=True)
class Norm:
    """One year: child by band, child without lunch (empty = not known), adult, couple, shared costs by size 1-7."""

    child: tuple[int, ...]
    child_without_lunch: tuple[int, ...]
    single: int
    couple: int
    shared: tuple[int, ...]


TABLE = {
    2019: Norm(
        (2130, 2380, 2120, 2380, 2990, 3440, 3880),
        (2000, 2190, 1940, 2120),
        3090,
        5570,
        (990, 1100, 1380, 1570, 1810, 2050, 2220),
    ),
    2020: Norm((2170, 2430, 2160, 2430, 3050, 3510, 3950), (), 3150, 5680, (1010, 1120, 1410, 1600, 1850, 2090, 2260)),
    2021: Norm((2180, 2440, 2170, 2440, 3060, 3520, 3970), (), 3160, 5700, (1020, 1130, 1420, 1610, 1860, 2100, 2270)),
    2022: Norm(
        (2220, 2480, 2210, 2480, 3110, 3580, 4040),
        (2090, 2280, 2030, 2210),
        3210,
        5800,
        (1040, 1150, 1450, 1640, 1890, 2140, 2310),
    ),
    2023: Norm(
        (2420, 2700, 2410, 2700, 3380, 3890, 4390),
        (2270, 2480, 2210, 2410),
        3490,
        6300,
        (1130, 1250, 1580, 1790, 2060, 2330, 2510),
    ),
    2024: Norm(
        (2640, 2940, 2620, 2940, 3680, 4230, 4780),
        (2470, 2700, 2410, 2620),
        3800,
        6850,
        (1230, 1360, 1720, 1950, 2240, 2540, 2730),
    ),
    2025: Norm(
        (2720, 3030, 2700, 3030, 3790, 4350, 4920),
        (2540, 2780, 2480, 2700),
        3910,
        7050,
        (1270, 1400, 1770, 2010, 2310, 2620, 2810),
    ),
    2026: Norm(
        (2740, 3060, 2720, 3060, 3820, 4390, 4960),
        (2560, 2800, 2500, 2720),
        3940,
        7100,
        (1280, 1410, 1790, 2030, 2330, 2640, 2830),
    ),
}
FIRST_YEAR, LAST_YEAR = min(TABLE), max(TABLE)
CONFIRMED = frozenset(range(2019, 2026))
LUNCH_DERIVED = frozenset({2022, 2024})


def norm_of(month: date) -> Norm:
    """The year's norm. Outside the known years the nearest one, as a handläggare would begin with."""
    return TABLE[min(max(month.year, FIRST_YEAR), LAST_YEAR)]


def band(years: int) -> int:
    """The place of an age in the child columns. Raises ValueError above 18 years."""
    for place, (highest, _) in enumerate(BANDS):
        if years <= highest:
            return place
    raise ValueError(f"the scenario has children up to 18 years, found an age of {years}")


def child_label(years: int, *, lunch_at_home: bool) -> str:
    """The column's name, e.g. "4-6 år utan lunch"."""
    place = band(years)
    without = not lunch_at_home and place < BANDS_WITH_LUNCH_COLUMN
    return BANDS[place][1] + (" utan lunch" if without else "")


def child_amount(norm: Norm, years: int, *, lunch_at_home: bool) -> int | None:
    """A child's personal costs, SEK/month; None when the year's column without lunch is not known."""
    place = band(years)
    if lunch_at_home or place >= BANDS_WITH_LUNCH_COLUMN:
        return norm.child[place]
    return norm.child_without_lunch[place] if norm.child_without_lunch else None


def shared_amount(norm: Norm, members: int, living_in_home: int | None) -> Decimal:
    """The household's shared costs, SEK/month: by size, or its part of a home shared with others, in whole kronor."""
    size = living_in_home or members
    whole = norm.shared[min(size, 7) - 1] + max(0, size - 7) * (norm.shared[6] - norm.shared[5])
    return (Decimal(whole) * members / size).quantize(Decimal(1), rounding=ROUND_HALF_UP)
