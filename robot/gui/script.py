"""The script that answers the bot's questions, put into every document of a context as it is made."""

from functools import cache
from importlib.resources import files

CALL = "async (request) => JSON.stringify((await globalThis[Symbol.for('arende')]?.(JSON.parse(request))) ?? null)"
ELEMENT = "(request) => globalThis[Symbol.for('arende')](JSON.parse(request))"

MOST_ANSWERS = 10_000  # of scripts in one document; the browser forgets what comes after 250 unless told


@cache
def script() -> str:
    """What defines the answering function. Sent once per context: sent with every question it would cost more than all
    that it does.
    """
    answering = _text("page")
    for part in ("see", "buttons", "whose", "mask"):
        answering = answering.replace(f"/* {part}.js */", _text(part))
    answering = answering.strip().removesuffix(";")
    define = f"Object.defineProperty(globalThis, Symbol.for('arende'), {{ value:\n{answering}\n}});"
    return f"performance.setResourceTimingBufferSize({MOST_ANSWERS});\n{_text('unanswered')}\n{define}"


def _text(name: str) -> str:
    return files("robot.gui").joinpath(f"{name}.js").read_text(encoding="utf-8")
