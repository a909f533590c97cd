"""What a step may reach outside the case, and the runner's hand that writes for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import stamina

from audit.clock import Clock
from audit.log.receipt import Receipt
from connectors.contract import Answer, Channel, Failed, FailureKind, Register
from connectors.manifest import Manifest
from robot.definition.model import Stickprov
from robot.engine.case import CaseState
from robot.engine.scope import Scope
from robot.gui.bot import Bot
from robot.steps.base import Draft


class Hand(Protocol):
    """Writes to the case that is in hand. Every method is durable when it returns."""

    @property
    def state(self) -> CaseState:
        """The case as it is now."""

    def write(self, drafts: Sequence[Draft]) -> None:
        """Append entries."""

    def sure(self) -> float:
        """Ask once more, right before something is done outside, whether the case is still ours.

        Returns for how many seconds it surely stays so. Raises `StaleCaseError` when it is not: then do nothing.
        """

    async def draw(self, stratum: str, plan: Stickprov) -> Failed | None:
        """Draw the case's stickprov ticket and journal it; does nothing when it already has one.

        The failure of a keeper that does not answer: then nothing is drawn, and nothing is passed over.
        """

    def receipt(self) -> Receipt | None:
        """The receipt of the case's decision in the log; None while no signed head covers it."""

    def pull(self, scope: Scope, code: str) -> None:
        """Pull the brake, so that the next case does not run into what stopped this one."""


class _TemporaryError(Exception):
    """The register could not answer just now."""

    def __init__(self, answer: Failed) -> None:
        super().__init__(answer.code)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class World:
    """Registers, channels and case systems by name, the clock, and the hand that writes."""

    hand: Hand
    clock: Clock
    registers: Mapping[str, Register] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)
    bots: Mapping[str, Bot] = field(default_factory=dict)
    manifests: Mapping[str, Manifest] = field(default_factory=dict)

    async def ask(self, query: str, arguments: Mapping[str, str], *, request_id: str) -> Answer:
        """Ask a register, again while the failure is temporary, up to the attempts of its manifest."""
        name = query.partition(".")[0]
        register, manifest = self.registers[name], self.manifests[name]

        @stamina.retry(
            on=_TemporaryError, attempts=manifest.retries.attempts, timeout=None, wait_initial=0.2, wait_max=5.0
        )
        async def once() -> Answer:
            answer = await register.ask(query, arguments, request_id=request_id)
            if isinstance(answer, Failed) and answer.kind is FailureKind.RETRY:
                raise _TemporaryError(answer)
            return answer

        try:
            return await once()
        except _TemporaryError as last:
            return last.answer
