"""Asks a register every question of a step, journalled before each question and after each answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.contract import Answered, Failed, FailureKind, NoHit
from robot.engine.scope import Scope
from robot.engine.view import CaseView, Questions
from robot.engine.world import World
from robot.rules import Reason
from robot.steps.base import Advance, Draft, HandOver, Name, Result, Retry

PROTECTED = Reason("skyddad", "Ärendet hanteras av den särskilda gruppen för skyddade personuppgifter.", "skydd")
FLAGS = frozenset({"Sekretessmarkering", "SkyddadFolkbokforing"})


@dataclass(frozen=True, slots=True)
class AnsweredAll:
    """Every answer in the questions' order, or why the fact is missing; and the entry that says so.

    ``temporary``: the register may answer later.
    """

    values: list[dict[str, Any]]
    missing: Reason | None
    drafts: tuple[Draft, ...]
    temporary: bool = False


def question_names(verb: str, query: str, fact: str, arguments: Mapping[str, str]) -> list[Name]:
    """The names of a step that asks a register."""
    return [
        Name("query", query, (verb,)),
        Name("fact", fact, ("as",)),
        *(Name("value", name, ("with", argument)) for argument, name in arguments.items()),
    ]


def connector_of(query: str) -> Scope:
    """The register that a question goes to, as a brake knows it."""
    return Scope("connector", query.partition(".")[0])


async def ask_all(case: CaseView, query: str, fact: str, questions: Questions, world: World) -> AnsweredAll:
    """Ask one by one. One question without a usable answer makes the whole fact missing: half an answer is none."""
    values: list[dict[str, Any]] = []
    observed = world.clock.now()
    for number, arguments in enumerate(questions.asked):
        request_id = f"{case.state.ref}-{case.state.position}-{number}"
        world.hand.write([Draft("register.asked", {"source": query, "fact": fact, "request": request_id})])
        answer = await world.ask(query, arguments, request_id=request_id)
        observed = answer.observed_at
        if isinstance(answer, Answered):
            values.append(answer.data)
            continue
        if isinstance(answer, Failed) and answer.kind is FailureKind.STOP:
            world.hand.pull(connector_of(query), answer.code)
        code, why = _no_answer(answer)
        body = {
            "source": query,
            "fact": fact,
            "known": False,
            "code": code,
            "why": why,
            "observed_at": observed.isoformat(),
        }
        missing = Reason(f"saknas.{fact}.{code}", why, fact)
        temporary = isinstance(answer, Failed) and answer.kind is FailureKind.RETRY
        return AnsweredAll([], missing, (Draft("register.answered", body),), temporary)
    value = values if questions.many else values[0]
    body = {"source": query, "fact": fact, "known": True, "observed_at": observed.isoformat(), "answers": len(values)}
    return AnsweredAll(values, None, (Draft("register.answered", body, {fact: value}),))


def flagged(answers: list[dict[str, Any]]) -> bool:
    """Whether any answer carries a protection flag that is not exactly False."""
    return any(answer[flag] is not False for answer in answers for flag in FLAGS if flag in answer)


def protect(answered: AnsweredAll) -> HandOver:
    """The case becomes restricted at once and goes to the group for protected persons, whatever it was doing."""
    return HandOver((PROTECTED,), (*answered.drafts, Draft("case.protected", {"restricted": True})))


def unless_later(answered: AnsweredAll, result: Advance | HandOver) -> Result:
    """The result, but a register that cannot answer just now is asked again first, while there are tries left."""
    if answered.missing is None or not answered.temporary:
        return result
    return Retry(answered.missing.code.rpartition(".")[2], answered.missing.why, otherwise=result)


def _no_answer(answer: Any) -> tuple[str, str]:
    if isinstance(answer, NoHit):
        return "ingen_traff", f"{answer.source} känner inte till personen."
    return answer.code, answer.reason
