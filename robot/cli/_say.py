"""How commands speak: data to standard output, errors to standard error with exit code 1."""

import json
import sys
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(message: str) -> NoReturn:
    """Say what is wrong and what to do, and end with exit code 1."""
    err.print("[red]error:[/red]", escape(message), soft_wrap=True)
    sys.exit(1)


def say_json(data: Any) -> None:
    """One JSON document on standard output, and nothing else there."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
