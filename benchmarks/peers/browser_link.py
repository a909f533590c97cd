"""Keywords that bring the steps from standard input into a Robot Framework suite."""

import json
import os
import sys
from typing import Any


def browser_to_use() -> str:
    """The browser that all sides use."""
    return os.environ["PEER_BROWSER"]


def next_steps() -> Any:
    """The steps of the next line, None at the end."""
    line = sys.__stdin__.readline() if sys.__stdin__ else ""
    return json.loads(line) if line else None


def tell(answer: str) -> None:
    """Answer the line: "done", or what went wrong."""
    print(json.dumps(answer), file=sys.__stdout__, flush=True)
