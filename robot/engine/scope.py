"""What a brake can hold: a whole process, a stratum of it, a screen that it works, or a connector that it needs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from robot.definition import Definition

ScopeKind = Literal["process", "stratum", "screen", "connector"]


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """``name`` is empty for the whole process; a screen is "verksamhetssystem.beslut", a connector "skatteverket"."""

    kind: ScopeKind = "process"
    name: str = ""

    @property
    def code(self) -> str:
        """As reasons and entries write it: "process" or "screen.verksamhetssystem.beslut"."""
        return f"{self.kind}.{self.name}" if self.name else self.kind

    @property
    def text(self) -> str:
        """As a handläggare reads it."""
        system, _, screen = self.name.replace("_", " ").partition(".")
        texts = {"process": "hela processen", "stratum": f"gruppen {system}", "screen": f"skärmen {screen} i {system}"}
        return texts.get(self.kind, system)

    def meets(self, other: "Scope") -> bool:
        """Whether a brake on ``other`` holds this. A stratum that cannot be told is held by every stratum's brake."""
        return self == other or (self.kind == other.kind == "stratum" and not self.name)


def scopes_of(definition: "Definition") -> list[Scope]:
    """Everything of the process that can be braked: itself, its strata, its screens, and the connectors it needs."""
    strata = () if definition.stickprov is None else definition.stickprov.rates
    screens = {f"{screen.system}.{name}": screen.system for name, screen in definition.screens.items()}
    named = [name for step in definition.steps for name in step.names()]
    registers = {name.name.partition(".")[0] for name in named if name.kind == "query"}
    channels = {name.name for name in named if name.kind == "channel"}
    return [
        Scope(),
        *(Scope("stratum", name) for name in strata),
        *(Scope("screen", name) for name in screens),
        *(Scope("connector", name) for name in sorted(registers | channels | set(screens.values()))),
    ]
