"""The connectors that steps reach, created from the settings when first needed and closed together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from audit.clock import Clock
from connectors.contract import Channel, Register
from connectors.manifest import Manifest
from robot.engine.world import Hand, World
from robot.gui.bot import Bot

BUILD = f"arenderobot {version('arenderobot')}"


class Lazy(Mapping[str, Any]):
    """Connectors by name, each created at its first use: a robot without e-mail needs no e-mail settings."""

    def __init__(self, create: Mapping[str, Callable[[], Any]]) -> None:
        self._create = create
        self.created: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self.created:
            self.created[name] = self._create[name]()
        return self.created[name]

    def __iter__(self) -> Any:
        return iter(self._create)

    def __len__(self) -> int:
        return len(self._create)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything outside the robot, by name."""

    clock: Clock
    registers: Mapping[str, Register] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    bots: Mapping[str, Bot] = field(default_factory=dict)
    manifests: Mapping[str, Manifest] = field(default_factory=dict)

    def world(self, hand: Hand) -> World:
        """The world for one case in hand."""
        return World(hand, self.clock, self.registers, self.channels, self.bots, self.manifests)
