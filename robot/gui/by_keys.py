"""Fields that take a value only when it is typed key by key: learnt once, then typed at once."""

from collections.abc import Iterable

from robot.gui.screen import ScreenFile

Field = tuple[str, str]
"""What its page is known by, and its label or column."""


class ByKeys:
    """The fields of each screen that refused to be filled in one go."""

    def __init__(self, known: Iterable[tuple[str, str, Field]] = ()) -> None:
        """``known``: system, screen and field, as they were kept."""
        self._fields: dict[tuple[str, str], set[Field]] = {}
        for system, screen, field in known:
            self._fields.setdefault((system, screen), set()).add(field)

    def of(self, screen: ScreenFile) -> frozenset[Field]:
        """The known fields of a screen."""
        return frozenset(self._fields.get((screen.system, screen.id), ()))

    def learn(self, screen: ScreenFile, field: Field) -> None:
        """Type this field from now on."""
        self._fields.setdefault((screen.system, screen.id), set()).add(field)
