"""How commands speak: data to standard output, errors to standard error with exit code 1."""

import json
import sys
from typing import Any, NoReturn

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def fail(message: str) -> NoReturn:
    """Say what is wrong and what to do, and end with exit code 1."""
    err.print(f"[red]error:[/red] {message}", soft_wrap=True, markup=True)
    sys.exit(1)


def say_json(data: Any) -> None:
    """One JSON document on standard output, and nothing else there."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
