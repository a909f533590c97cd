"""Opens the connectors that the settings point at, each at its first use."""

from collections.abc import Callable
from functools import partial
from typing import Any

from audit.clock import Clock
from connectors.contract import SettingMissingError
from connectors.manifest import CaseSystemManifest, ChannelManifest, Connector, Manifest, RegisterManifest, discover
from robot.engine.metrics import screen_time
from robot.engine.services import Lazy, Services
from robot.gui.bot import Bot, CaseSystem
from robot.gui.browser import BrowserPool, Wear
from robot.gui.by_keys import ByKeys
from robot.gui.met import keep_met
from robot.settings import Settings, connector_environment, connector_settings


class Connections:
    """Registers, channels and case systems for one event loop. Closed together."""

    def __init__(self, settings: Settings, clock: Clock, by_keys: ByKeys | None = None) -> None:
        """``by_keys``: the fields of case systems that are known to want typing; the bots add what they learn."""
        self.by_keys = ByKeys() if by_keys is None else by_keys
        wear = Wear(settings.gui_recycle_jobs, settings.gui_memory_megabytes)
        self._pool = BrowserPool(wear=wear, images=settings.gui_images)
        connectors = discover()

        def client(connector: Connector) -> Any:
            return connector.create(connector_settings(connector.name, settings), now=clock.now)

        def bot(connector: Connector) -> Bot:
            met = partial(keep_met, settings.proposals)
            return Bot(
                case_system(connector), self._pool, now=clock.now, timed=screen_time, met=met, by_keys=self.by_keys
            )

        def every(kind: type[Any], create: Callable[[Connector], Any]) -> Lazy:
            found = [connector for connector in connectors.values() if isinstance(connector.manifest, kind)]
            return Lazy({connector.name: partial(create, connector) for connector in found})

        registers, channels = every(RegisterManifest, client), every(ChannelManifest, client)
        self._clients = (registers, channels)
        self.services = Services(
            clock,
            registers,
            channels,
            every(CaseSystemManifest, bot),
            {name: _patient(connector) for name, connector in connectors.items()},
        )

    async def aclose(self) -> None:
        """Close what was opened."""
        for lazy in self._clients:
            for connector in lazy.created.values():
                await connector.aclose()
        await self._pool.aclose()


def _patient(connector: Connector) -> Manifest:
    timeouts = connector_environment(connector.name).timeouts(connector.manifest.timeouts)
    return connector.manifest.model_copy(update={"timeouts": timeouts})


def case_system(connector: Connector) -> CaseSystem:
    """A case system with its address and login from the settings.

    Raises:
        SettingMissingError: A setting is missing.

    """
    name, manifest = connector.name, connector.manifest
    if not isinstance(manifest, CaseSystemManifest):
        msg = f"the connector {name} is not a case system"
        raise SettingMissingError(msg)
    environment = connector_environment(name)
    missing = [field for field in ("url", "username", "password") if not getattr(environment, field)]
    if missing or environment.password is None:
        names = ", ".join(f"ARENDE_{name.upper()}_{field.upper()}" for field in missing)
        msg = f"the case system {name} has no {names}; set them in the environment or the secrets folder"
        raise SettingMissingError(msg)
    timeouts = environment.timeouts(manifest.timeouts)
    patient = manifest.model_copy(update={"timeouts": timeouts})
    return CaseSystem(name, environment.url, environment.username, environment.password, patient)
