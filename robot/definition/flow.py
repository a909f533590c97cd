"""The steps of process.yaml: one verb each, in an order that is safe."""

from typing import Any

from robot.definition.document import Document
from robot.definition.model import ProcessFile
from robot.definition.validate import validate
from robot.rules.proof import closest
from robot.steps import verbs
from robot.steps.base import Step

_EFFECTS = ("fill", "send")


def read_steps(document: Document) -> dict[int, Step]:
    """Return the steps that can be read, by position. A typo in one step gives one problem."""
    written = document.data.get("steps") if isinstance(document.data, dict) else None
    found: dict[int, Step] = {}
    for index, words in enumerate(written if isinstance(written, list) else ()):
        verb = _verb(document, index, words)
        step = None if verb is None else validate(verbs()[verb], document, ("steps", index))
        if step is not None:
            found[index] = step
    return found


def _verb(document: Document, index: int, words: Any) -> str | None:
    path = ("steps", index)
    known = verbs()
    if not isinstance(words, dict):
        hint = "write the verb, a colon and a name, such as `- close: avslutad`"
        document.problems.append(document.problem(path, "expected a step, found a word or a list", hint))
        return None
    named: list[str] = [word for word in words if word in known]
    if len(named) == 1:
        return named[0]
    if len(named) > 1:
        message = f"one step has two verbs: {', '.join(f'`{verb}`' for verb in named)}"
        document.problems.append(document.problem((*path, named[1]), message, "write two steps", at="key"))
        return None
    meant = next(((word, verb) for word in words if (verb := closest(word, known))), None)
    if meant is not None:
        message = f"there is no verb `{meant[0]}`"
        document.problems.append(document.problem((*path, meant[0]), message, f"did you mean `{meant[1]}`?", at="key"))
    else:
        hint = f"verbs: {', '.join(sorted(known))}"
        document.problems.append(document.problem(path, "the step has no verb", hint))
    return None


def check_flow(document: Document, process: ProcessFile, steps: dict[int, Step]) -> None:
    """Check what the order of the steps and the right to decide must be."""
    _check_right_to_decide(document, process)
    if len(steps) < len(process.steps):
        return  # an unread step has its own problem; the order is judged when all can be read
    order = [step.verb for step in steps.values()]

    def complain(index: int, message: str, hint: str | None = None) -> None:
        document.problems.append(document.problem(("steps", index), message, hint))

    if order[0] != "guard":
        complain(
            0, f"the first step is `{order[0]}`", "begin with `guard`: protection is asked for before anything else"
        )
    if order[-1] != "close":
        complain(len(order) - 1, f"the last step is `{order[-1]}`", "end with `close`")
    for verb in ("decide", "draw", "close"):
        for index in [index for index, one in enumerate(order) if one == verb][1:]:
            complain(index, f"`{verb}` stands twice", "a case is decided, drawn and closed once")
    decided = order.index("decide") if "decide" in order else len(order)
    for index, verb in enumerate(order):
        if verb in (*_EFFECTS, "draw") and index < decided:
            complain(index, f"`{verb}` stands before `decide`", "decide first")
        if verb == "draw" and any(one in _EFFECTS for one in order[:index]):
            complain(index, "`draw` stands after something was written or sent", "draw before the first fill or send")
    if ("draw" in order) != (process.stickprov is not None):
        message = "`draw` and `stickprov` belong together, but only one is here"
        place = ("stickprov",) if process.stickprov is not None else ("steps", order.index("draw"))
        document.problems.append(document.problem(place, message, "write both or none", at="key"))


def _check_right_to_decide(document: Document, process: ProcessFile) -> None:
    if process.autonomy != "decide":
        return
    if not process.delegation:
        message = "`autonomy: decide` without a delegation"
        hint = (
            "refer to the board's delegationsordning under `delegation` (KL 6 kap. 37 §), or write `autonomy: propose`"
        )
        document.problems.append(document.problem(("autonomy",), message, hint))
    if process.appeal != "forvaltningsbesvar":
        message = f"`autonomy: decide` where appeal is `{process.appeal}`"
        hint = "an automated decision needs forvaltningsbesvar (KL 6 kap. 37-38 §§); write `autonomy: propose`"
        document.problems.append(document.problem(("appeal",), message, hint))
