"""Whose case a page shows: compared on every page, before anything is written."""

import re
from collections.abc import Sequence

from robot.gui.failure import GuiFailure
from robot.gui.seen import Seen
from robot.gui.values import UnreadableError, same, understood

PERSONNUMMER = re.compile(r"\b\d{8}-?[0-9A-Z]\d{2}[0-9A-Z]\b")


def check_person(seen: Seen, wanted: Sequence[str]) -> None:
    """The page's banner shows every wanted text, and nobody else's number. A page without a banner passes.

    Raises:
        GuiFailure: human, the page belongs to somebody else.

    """
    banner = " ".join(seen.banner)
    if not banner:
        return
    shown, ours = _numbers(banner), {_number(text) for text in wanted}
    if not all(tells(banner, text) for text in wanted):
        raise GuiFailure("human", "fel_person", "Sidan visar en annan person än ärendets.", page=seen.heading)
    if shown - ours:
        raise GuiFailure("human", "fel_person", "Sidan visar fler personer än ärendets.", page=seen.heading)


def must_show_person(seen: Seen, label: str, wanted: Sequence[str]) -> None:
    """As `check_person`, and the page must have the banner, once.

    Raises:
        GuiFailure: stop, the page does not tell whose it is; human, it is somebody else's.

    """
    if len(seen.banner) != 1:
        text = f"Sidan visar inte {label}, så roboten vet inte vems ärende det är."
        raise GuiFailure("stop", "skarmen_andrad", text, page=seen.heading, label=label)
    check_person(seen, wanted)


def tells(words: str, text: str) -> bool:
    """Whether the words hold the text: a personnummer however it is written, anything else word for word."""
    return _number(text) in _numbers(words) or same(words, text, "text", "contains")


def _number(text: str) -> str:
    try:
        return str(understood(text, "personnummer"))
    except UnreadableError:
        return ""


def _numbers(text: str) -> set[str]:
    return {_number(found) for found in PERSONNUMMER.findall(text)}
