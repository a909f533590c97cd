"""The receipt step: waits for the signed head, puts the proof in the journal, and lets no decision wait for ever."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from urllib.error import URLError

import pytest

from audit.log.receipt import Receipt as LogReceipt
from audit.verify.cli import main as verify
from robot.engine.fold import Told, changed
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.steps._letter import receipt_text
from robot.steps._qr import Pictures, qr_svg
from robot.steps.base import Advance, Result, Retry
from robot.steps.receipt import TRIES, Receipt
from tests.robot.engine.ground import Ground, application, build


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A house on SQLite."""
    made = build(tmp_path)
    yield made
    made.house.close()


@dataclass
class Hand:
    """Asks the log as the runner's hand does."""

    ground: Ground
    case: str

    def receipt(self) -> LogReceipt | None:
        """The receipt of the case's decision."""
        return self.ground.house.ledger.receipt(self.case)


async def applied(ground: Ground, case: str, **changes: Any) -> Result:
    """What the step comes to for the case as it is."""
    state = replace(ground.house.ledger.load(case), **changes)
    definition = ground.house.library.get(state.process, state.version)
    view = CaseView(definition, state, now=ground.clock.now())
    step = Receipt(receipt="beslut")
    return await step.apply(view, step.plan(view), World(cast("Any", Hand(ground, case)), ground.clock))


async def test_a_decision_waits_for_its_head_and_then_goes_on_without(ground: Ground) -> None:
    """Unsigned: tried again; after the last try the case goes on and the journal says that there is no receipt."""
    case = ground.submit(application())
    await ground.runner.segment(case, ground.row(case).job, "cases")

    first = await applied(ground, case)
    last = await applied(ground, case, attempts=TRIES)

    assert isinstance(first, Retry)
    assert isinstance(last, Advance)
    assert [draft.type for draft in last.drafts] == ["receipt.missing"]
    assert first.otherwise == last


async def test_the_journalled_receipt_proves_the_decision_offline(ground: Ground, tmp_path: Path) -> None:
    """What the letter prints is a whole proof for `arende-verify`, with the log's Ed25519 key and nothing else."""
    case = ground.submit(application())
    await ground.runner.segment(case, ground.row(case).job, "cases")
    logbook = ground.house.logbook()
    logbook.checkpoint()

    made = await applied(ground, case)

    assert isinstance(made, Advance)
    (draft,) = made.drafts
    assert draft.type == "receipt.made"
    shown = receipt_text(draft.body)
    paper, keys = tmp_path / "paper", tmp_path / "keys"
    paper.write_text(shown.fil, encoding="utf-8")
    keys.write_text(logbook.notary.keys.ed25519.verifier.text(), encoding="utf-8")
    leaf = ["--leaf", shown.fingeravtryck]
    assert verify(["receipt", str(paper), "--keys", str(keys), *leaf]) == 0
    assert verify(["receipt", str(paper), "--keys", str(keys), "--leaf", "00" * 32]) != 0


async def test_a_new_decision_needs_a_new_receipt(ground: Ground) -> None:
    """A receipt is made once, and a corrected fact or another decision takes it away."""
    case = ground.submit(application())
    await ground.runner.segment(case, ground.row(case).job, "cases")
    state = ground.house.ledger.load(case)
    body = {"origin": "a", "index": 0, "leaf": "00" * 32, "size": 1, "root": "", "proof": [], "signature": ""}
    having = changed(state, "receipt.made", Told(body, {}, ground.clock.now()))

    again = await applied(ground, state.ref, receipt=having.receipt)
    none = await applied(ground, state.ref, decision=None)

    assert having.receipt == body
    assert again == none == Advance(())
    decided = {"outcome": "bifall", "amount_ore": 100, "by": "robot", "name": "x"}
    assert changed(having, "decision.made", Told(decided, {}, ground.clock.now())).receipt is None


def test_a_letter_fetches_pictures_of_text_and_nothing_from_a_network() -> None:
    """The same text gives the same picture; an address on a network is refused."""
    assert qr_svg("Å — kvitto") == qr_svg("Å — kvitto") != qr_svg("Å - kvitto")
    found = Pictures().fetch("qr:a%20b")
    assert found.read() == qr_svg("a b")
    for url in ("https://example.com/x.png", "http://127.0.0.1/x", "ftp://127.0.0.1/x"):
        with pytest.raises((URLError, ValueError)):
            Pictures().fetch(url)
