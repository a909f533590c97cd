"""Records the contracts of the shipped process anew, from the simulated case system: `python -m` this module."""

import asyncio
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audit.clock import ManualClock
from robot.gui.bot import Bot
from robot.gui.browser import BrowserPool
from robot.gui.proposals import write_contract
from robot.gui.recorded import Contract
from robot.gui.screen_check import check_screen
from testbed.serve import Server
from testbed.verksamhetssystem.app import build_app
from testbed.verksamhetssystem.seed import seed
from tests.robot.gui.municipality import NOW, SCREENS, VALUES, kr, persons
from tests.robot.gui.odd import case_system

OWN: dict[str, dict[str, Any]] = {
    "beslut": {"manad": date(2025, 7, 1), "bistand": kr("14240")},  # a month with a calculation and no decision
    "utbetalning": {"manad": date(2025, 8, 1)},  # a month with a decision
}


async def record(bot: Bot, screen: str) -> Contract:
    """What the pages of one screen show. Raises the failure when they are not as the screen file says."""
    text = (SCREENS / f"{screen}.yaml").read_text(encoding="utf-8")
    checked = await check_screen(bot, text, None, {**VALUES, **OWN.get(screen, {})}, NOW.date().isoformat())
    if checked.contract is None:
        raise checked.failure or RuntimeError(screen)
    return checked.contract


async def _write_all() -> None:
    with TemporaryDirectory() as folder:
        database = Path(folder) / "live.db"
        seed(database, persons(), at=NOW)
        with Server(build_app(database, clock=ManualClock(NOW)), name="verksamhetssystem") as server:
            async with BrowserPool() as pool:
                bot = Bot(case_system(server.url), pool, now=lambda: NOW)
                for path in sorted(SCREENS.glob("*.yaml")):
                    write_contract(SCREENS, path.stem, (await record(bot, path.stem)).text())


if __name__ == "__main__":
    asyncio.run(_write_all())
