"""Whether the robot may still save is asked right before the press, and the page keeps to the answer."""

import pytest

from robot.gui.bot import Bot
from robot.gui.failure import GuiFailure
from tests.robot.gui.odd import OddSystem, screen
from tests.robot.gui.test_form import VALUES

pytestmark = pytest.mark.asyncio(loop_scope="module")


class NotOursError(Exception):
    """What the asked one raises."""


async def test_nothing_is_saved_when_the_answer_is_no(odd: OddSystem, odd_bot: Bot) -> None:
    """What the question raises comes through as it is, and the form was filled but never saved; the next save works."""

    def no() -> float:
        raise NotOursError

    with pytest.raises(NotOursError):
        await odd_bot.write(screen(), VALUES, may_save=no)
    assert odd.saved == []
    await odd_bot.write(screen(), VALUES, may_save=lambda: 30.0)
    assert len(odd.saved) == 1


async def test_the_page_itself_refuses_a_press_that_comes_too_late(odd: OddSystem, odd_bot: Bot) -> None:
    """A press that arrives after its time, because the process was frozen meanwhile, is not done and not unknown."""
    with pytest.raises(GuiFailure) as caught:
        await odd_bot.write(screen(), VALUES, may_save=lambda: -1.0)
    assert (caught.value.code, caught.value.kind, caught.value.after_save) == ("for_sent_att_spara", "retry", False)
    assert odd.saved == []
