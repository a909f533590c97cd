"""What the verbs that work in a case system share: the values a screen needs, and its evidence as JSON."""

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from robot.engine.scope import Scope
from robot.engine.view import CaseView
from robot.gui.failure import GuiFailure, Snapshot
from robot.gui.screen import ScreenFile
from robot.rules import Reason

NO_WAY_IN = frozenset({"inloggningen_andrad", "inloggning_nekad"})


def screen_values(case: CaseView, screen: ScreenFile) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
    """The values by name, and the reasons why some cannot be had; the screen is then not opened."""
    names = tuple(dict.fromkeys(name.name for name in screen.names()))
    return case.values(names)


def screen_scopes(screen: ScreenFile) -> tuple[Scope, ...]:
    """The brakes that hold work in the screen."""
    return (_screen_scope(screen), Scope("connector", screen.system))


def stopped(screen: ScreenFile, failure: GuiFailure) -> Scope | None:
    """What the next case must not run into: the whole system when nobody gets in, else the screen that has changed."""
    if failure.kind != "stop":
        return None
    return Scope("connector", screen.system) if failure.code in NO_WAY_IN else _screen_scope(screen)


def _screen_scope(screen: ScreenFile) -> Scope:
    return Scope("screen", f"{screen.system}.{screen.id}")


def evidence(snapshots: Iterable[Snapshot]) -> list[dict[str, Any]]:
    """The snapshots for the vault; pictures in base64."""
    return [
        {
            "screen": snapshot.screen,
            "heading": snapshot.heading,
            "path": snapshot.path,
            "at": snapshot.at.isoformat(),
            "fields": [[field.label, field.type, field.value] for field in snapshot.fields],
            "messages": list(snapshot.messages),
            "picture": None if snapshot.picture is None else base64.b64encode(snapshot.picture).decode(),
            "aria": snapshot.aria,
        }
        for snapshot in snapshots
    ]
