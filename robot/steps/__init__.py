"""One module per verb of a process: guard, fetch, read, check, decide, draw, fill, send, close.

A module whose name does not start with an underscore, other than ``base``, is a verb: it defines one `Step` subclass
whose ``verb`` is the module's name. There is no list to edit.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from robot.steps.base import Step


@cache
def verbs() -> dict[str, type[Step]]:
    """Every verb by name, found by looking in this folder."""
    found: dict[str, type[Step]] = {}
    for module in iter_modules(__path__):
        if module.name.startswith("_") or module.name == "base":
            continue
        found[module.name] = _step_class(module.name)
    return found


def _step_class(verb: str) -> type[Step]:
    namespace = vars(import_module(f"{__name__}.{verb}"))
    classes = [
        value
        for value in namespace.values()
        if isinstance(value, type) and issubclass(value, Step) and value.__module__ == f"{__name__}.{verb}"
    ]
    steps = [found for found in classes if getattr(found, "verb", None) == verb]
    if len(steps) != 1:
        msg = f"robot/steps/{verb}.py must define exactly one Step with verb = {verb!r}; found {len(steps)}"
        raise TypeError(msg)
    step = steps[0]
    for method in ("plan", "apply"):
        if getattr(step, method) is getattr(Step, method, None):
            msg = f"robot/steps/{verb}.py: {step.__name__} has no {method}(): a step that cannot plan is no step"
            raise TypeError(msg)
    return step
