"""Charts as inline SVG, drawn with attributes only: the page's policy allows no styles, and the PDF reads no sheet.

Every chart stands beside a table with the same figures, so it is hidden from assistive technology.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from markupsafe import Markup, escape

INK, SOFT, LINE, GOAL = "#1a2530", "#4c5a67", "#c9d2da", "#a4161a"
COLOURS = (("#14466b", ""), ("#b35c00", "6 3"), ("#1d6b34", "2 3"), ("#5b2a86", "9 3 2 3"), ("#4c5a67", "12 4"))
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 260, 52, 16, 14, 34
BAR, GAP, NAMES = 22, 10, 230


@dataclass(frozen=True)
class Point:
    """After ``reviewed`` reviews with so many that count as wrong: at most the share ``upper`` is, that day."""

    day: date
    reviewed: int
    wrong: int
    upper: float


@dataclass(frozen=True)
class Series:
    """A line with a name."""

    name: str
    points: tuple[Point, ...]


def percent(share: float) -> str:
    """A share in Swedish: 0.0312 is "3,1 %"."""
    return f"{100 * share:.1f}".replace(".", ",").removesuffix(",0") + "\u00a0%"


def bounds_over_time(series: Sequence[Series], goal: float) -> Markup:
    """The bound of every stratum day by day against the goal. Lines differ in dashes too, not in colour alone."""
    points = [point for one in series for point in one.points]
    if not points:
        return Markup("")
    days = [point.day.toordinal() for point in points]
    first, last = min(days), max(*days, min(days) + 1)
    top = min(1.0, max(0.1, 1.15 * max(goal, *(point.upper for point in points))))
    top = ceil(top * 10) / 10

    def x(day: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day.toordinal() - first) / (last - first)

    def y(share: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(share, top) / top)

    parts = [_axis(y, top)]
    parts.append(_line(LEFT, y(goal), WIDTH - RIGHT, y(goal), GOAL, width=2))
    parts.append(_text(WIDTH - RIGHT, y(goal) - 5, f"mål {percent(goal)}", anchor="end", fill=GOAL))
    for number, one in enumerate(series):
        colour, dashes = COLOURS[number % len(COLOURS)]
        places = " ".join(f"{x(point.day):.1f},{y(point.upper):.1f}" for point in one.points)
        parts.append(
            Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"/>').format(
                places, colour, dashes or "none"
            )
        )
        end = one.points[-1]
        parts.append(
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5" fill="{}"/>').format(x(end.day), y(end.upper), colour)
        )
    parts.append(_text(LEFT, HEIGHT - 12, date.fromordinal(first).isoformat()))
    parts.append(_text(WIDTH - RIGHT, HEIGHT - 12, date.fromordinal(last).isoformat(), anchor="end"))
    return _svg(parts, WIDTH, HEIGHT)


def key(number: int) -> Markup:
    """The sample of a line for the table: how that line is drawn."""
    colour, dashes = COLOURS[number % len(COLOURS)]
    return Markup(
        '<svg class="key-line" width="36" height="10" viewBox="0 0 36 10" aria-hidden="true" focusable="false">'
        '<line x1="0" y1="5" x2="36" y2="5" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"/></svg>'
    ).format(colour, dashes or "none")


def bars(rows: Sequence[tuple[str, float]], unit: str = "") -> Markup:
    """Horizontal bars with their names and values."""
    if not rows:
        return Markup("")
    most = max(value for _, value in rows) or 1
    height = len(rows) * (BAR + GAP) + GAP
    parts = []
    for number, (name, value) in enumerate(rows):
        y = GAP + number * (BAR + GAP)
        width = max(2.0, (WIDTH - NAMES - 90) * value / most)
        parts.append(_text(NAMES - 8, y + 15, name, anchor="end", fill=INK))
        parts.append(
            Markup('<rect x="{}" y="{}" width="{:.1f}" height="{}" fill="#14466b"/>').format(NAMES, y, width, BAR)
        )
        shown = f"{value:.1f}".replace(".", ",").removesuffix(",0")
        parts.append(_text(NAMES + width + 6, y + 15, f"{shown}{unit}", fill=INK))
    return _svg(parts, WIDTH, height)


def _axis(y: Callable[[float], float], top: float) -> Markup:
    parts = []
    for step in range(5):
        share = top * step / 4
        at = y(share)
        parts.append(_line(LEFT, at, WIDTH - RIGHT, at, LINE, width=1))
        parts.append(_text(LEFT - 6, at + 4, percent(share), anchor="end"))
    return Markup("").join(parts)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"/>').format(
        x1, y1, x2, y2, colour, width
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", fill: str = SOFT) -> Markup:
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}" font-size="13" font-family="sans-serif">{}</text>'
    ).format(x, y, anchor, fill, escape(text))


def _svg(parts: Sequence[Markup], width: int, height: int) -> Markup:
    return Markup(
        '<svg class="chart" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true" focusable="false">'
        "{2}</svg>"
    ).format(width, height, Markup("").join(parts))
