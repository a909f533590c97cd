"""``send``: a letter or notice through the first channel that reaches the applicant."""

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from connectors.contract import Attachment, Failed, FailureKind, Message, NotSent, Sent
from robot.engine.scope import Scope
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.rules import Reason
from robot.steps import _letter
from robot.steps._effect import EffectStep, condition, condition_names
from robot.steps.base import CASES_QUEUE, Change, EffectFailedError, Line, Name, Proof, Recover


class Send(EffectStep):
    """``to``: channel → name of the address, in order; the first that is not empty is used. ``when`` names a rule."""

    verb: ClassVar[str] = "send"
    keyed: ClassVar[bool] = True
    send: str
    to: dict[str, str]
    when: str | None = None

    def names(self) -> list[Name]:
        """The letter, the channels and their addresses."""
        channels = [Name("channel", channel, ("to", channel)) for channel in self.to]
        addresses = [Name("value", name, ("to", channel)) for channel, name in self.to.items()]
        return [Name("letter", self.send, ("send",)), *channels, *addresses, *condition_names(self.when)]

    def queue(self, case: CaseView) -> str:
        """The channel's own queue."""
        chosen = self._channel(case)[0]
        return CASES_QUEUE if chosen is None else chosen[0]

    def target(self, case: CaseView) -> tuple[Scope, ...]:
        """The channel."""
        chosen = self._channel(case)[0]
        return () if chosen is None else (Scope("connector", chosen[0]),)

    def plan(self, case: CaseView) -> Change:
        """The text as it would be sent, and through which channel."""
        if (skipped := condition(case, self.when, self.send)) is not None:
            return skipped
        chosen, reasons = self._channel(case)
        if chosen is None:
            why = "Det finns ingen adress att skicka till."
            return Change(f"{self.send}", "+", reasons=reasons or (Reason("kanal.ingen_adress", why, self.send),))
        channel, address = chosen
        template = case.definition.letters[self.send]
        values, reasons = _letter.template_values(case, template)
        target = f"{channel}.{self.send}"
        if reasons:
            return Change(target, "+", reasons=reasons)
        text = _letter.render(template, values)
        payload = {"channel": channel, "address": address, "text": text, "template": template}
        return Change(target, "+", (Line(self.send, "", f"{channel}, {len(text)} tecken"),), payload)

    def content(self, change: Change) -> Mapping[str, Any]:
        """Address and text."""
        return {name: change.payload[name] for name in ("channel", "address", "text")}

    def recovery(self, change: Change, world: World) -> Recover:
        """As the channel's manifest says."""
        manifest = world.manifests[change.payload["channel"]]
        recover: Recover = getattr(manifest, "recover", "human")
        return recover

    async def act(self, case: CaseView, change: Change, world: World, key: str) -> Proof:  # noqa: ARG002 - the text is in the change
        """Send once under the effect's key, then ask the channel what it has where it can tell."""
        channel = world.channels[change.payload["channel"]]
        message = await asyncio.to_thread(self._message, change)
        answer = await channel.send(message, key=key)
        if isinstance(answer, Failed):
            # A failure that may be tried again can still have been delivered: only the channel knows.
            unknown = answer.kind is FailureKind.RETRY
            stops = Scope("connector", answer.source) if answer.kind is FailureKind.STOP else None
            raise EffectFailedError(answer.code, answer.reason, unknown=unknown, stops=stops)
        if self.recovery(change, world) != "verify":
            return self._proof(answer, change, "kanalens kvittens")
        found = await channel.status(key)
        if isinstance(found, NotSent):
            why = "Kanalen kvitterade meddelandet, men känner inte till det när man frågar."
            raise EffectFailedError("skickat_men_syns_inte", why, unknown=True)
        if isinstance(found, Failed):
            return self._proof(answer, change, "kanalens kvittens")
        return self._proof(found, change, "kanalens statusfråga")

    async def look(self, case: CaseView, change: Change, world: World, key: str) -> Proof | None:  # noqa: ARG002 - the key is enough
        """Ask the channel about the key."""
        answer = await world.channels[change.payload["channel"]].status(key)
        if isinstance(answer, NotSent):
            return None
        if isinstance(answer, Failed):
            raise EffectFailedError(answer.code, answer.reason, unknown=True)
        return self._proof(answer, change, "kanalens statusfråga")

    def _channel(self, case: CaseView) -> tuple[tuple[str, str] | None, tuple[Reason, ...]]:
        values, reasons = case.values(tuple(self.to.values()))
        if reasons:
            return None, reasons
        for channel, name in self.to.items():
            if values[name]:
                return (channel, str(values[name])), ()
        return None, ()

    def _message(self, change: Change) -> Message:
        text, template = change.payload["text"], change.payload["template"]
        # Neutral on purpose: the subject of an e-mail is read by others than the applicant.
        subject = "Meddelande från kommunen"
        if template.suffix != ".html":
            return Message(change.payload["address"], subject, text)
        letter = Attachment(f"{self.send}.pdf", "application/pdf", _letter.pdf(text, template.parent))
        return Message(change.payload["address"], subject, subject, (letter,))

    def _proof(self, sent: Sent, change: Change, path: str) -> Proof:
        digest = hashlib.sha256(change.payload["text"].encode()).hexdigest()
        return Proof(path, {"kvittens": sent.receipt, "kanal": sent.channel}, {"sha256": digest}, sent.at)
