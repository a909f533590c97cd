"""The protocol of an effect: intend, act, look, commit. Never two tries without a look between them."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import rfc8785

from robot.engine.case import Effect
from robot.engine.view import CaseView
from robot.engine.world import World
from robot.rules import Reason
from robot.steps.base import Advance, Change, Draft, EffectFailedError, HandOver, Proof, Result, Retry

if TYPE_CHECKING:
    from robot.steps._effect import EffectStep

NOT_SEEN = "syns_inte_an"


def effect_key(case: str, step: str, content: Mapping[str, Any], *, secret: str) -> str:
    """The effect's name for ever: the same write is the same effect, a corrected write is a new one.

    ``secret`` is the case's own and lies in the vault: without it, after gallring, nobody can try what the content was.
    """
    message = f"{case}|{step}|".encode() + rfc8785.dumps(dict(content))
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()[:40]


async def run_effect(step: "EffectStep", case: CaseView, change: Change, world: World) -> Result:
    """Carry the effect through, or tell why not.

    An effect that is intended or unknown in the journal may have happened: it is looked for before anything is tried.
    """
    content = step.content(change)
    step_name = f"{case.state.position}.{change.target}"
    key = effect_key(case.state.ref, step_name, content, secret=case.state.effect_secret)
    earlier = case.state.effects.get(key)
    if earlier is not None and earlier.status == "done":
        return Advance(())
    try:
        if earlier is not None and earlier.status in {"intended", "unknown"}:
            proof = await _settle(step, case, change, world, earlier)
            if proof is not None:
                return Advance((_done(key, proof),))
        world.hand.write([_intended(step, case, change, key, content)])
        _must_be_in_time(world)
        return Advance((_done(key, await step.act(case, change, world, key)),))
    except EffectFailedError as failure:
        if failure.stops is not None:
            world.hand.pull(failure.stops, failure.code)
        return _failed(step, change, world, failure, key=key)


async def _settle(step: "EffectStep", case: CaseView, change: Change, world: World, earlier: Effect) -> Proof | None:
    recover = step.recovery(change, world)
    if recover == "human":
        raise EffectFailedError(
            "okant_utfall", "Det går inte att se om utskicket gjordes. En person behöver kontrollera.", unknown=True
        )
    if recover == "repeat":
        return None
    proof = await step.look(case, change, world, earlier.key)
    if proof is None and earlier.status == "unknown" and earlier.code != NOT_SEEN and not step.keyed:
        # The target may still be at work with it. One more look, when the longest that it may take has passed.
        raise EffectFailedError(NOT_SEEN, "Det går ännu inte att se om det gjordes.", unknown=True)
    return proof


def _must_be_in_time(world: World) -> None:
    """Make sure of the case, and that the answer still holds: a worker may be frozen while it waits for it."""
    asked = world.clock.monotonic_ns()
    left = world.hand.sure()
    if (world.clock.monotonic_ns() - asked) / 1e9 >= left:
        why = "Roboten hann inte börja medan den hade rätt att arbeta med ärendet."
        raise EffectFailedError("for_sent_att_borja", why, unknown=False, temporary=True)


def _arrives_within(change: Change, world: World) -> float:
    """How many seconds a request may still be under way after nobody waits for it any more."""
    return world.manifests[change.target.partition(".")[0]].timeouts.settled_after_seconds


def _failed(step: "EffectStep", change: Change, world: World, failure: EffectFailedError, *, key: str) -> Result:
    evidence = {"evidence": failure.evidence} if failure.evidence else {}
    reason = Reason(f"effekt.{change.target}.{failure.code}", failure.why, change.target)
    if not failure.unknown:
        world.hand.write([Draft("effect.failed", {"key": key, "code": failure.code}, evidence)])
        return Retry(failure.code, failure.why) if failure.temporary else HandOver((reason,))
    world.hand.write([Draft("effect.unknown", {"key": key, "code": failure.code}, evidence)])
    if step.recovery(change, world) == "human" or failure.stops is not None:
        return HandOver((reason,))
    # The next try begins with a look: see run_effect.
    wait = _arrives_within(change, world) if failure.code == NOT_SEEN else 0
    return Retry(failure.code, failure.why, after_seconds=wait)


def _intended(step: "EffectStep", case: CaseView, change: Change, key: str, content: Mapping[str, Any]) -> Draft:
    body = {
        "key": key,
        "effect": change.target,
        "verb": step.verb,
        "step": case.state.position,
    }
    return Draft("effect.intended", body, {"content": dict(content)}, intent=key)


def _done(key: str, proof: Proof) -> Draft:
    personal: dict[str, Any] = {"receipt": dict(proof.receipt), "read_back": dict(proof.read_back)}
    if proof.evidence:
        personal["evidence"] = list(proof.evidence)
    return Draft("effect.done", {"key": key, "path": proof.path, "at": proof.at.isoformat()}, personal, intent=key)
