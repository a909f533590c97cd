"""How commands speak: data to standard output, errors to standard error with exit code 1."""

import json
import sys
from typing import Any, NoReturn

from rich.console import Console
from rich.markup import escape

# A pipe or a file has no width: lines there are cut by whoever reads them, not at 80 characters.
WIDE = 400
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else WIDE)


def fail(message: str) -> NoReturn:
    """Say what is wrong and what to do, and end with exit code 1."""
    err.print("[red]error:[/red]", escape(message), soft_wrap=True)
    sys.exit(1)


def say_json(data: Any) -> None:
    """One JSON document on standard output, and nothing else there."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
