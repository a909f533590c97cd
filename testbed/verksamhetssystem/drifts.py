"""Changes of the pages that can be switched on, as a supplier's new version makes them: static/drifts.js.

A change concerns what a person sees: labels, kinds, order, buttons, headings, frames. What is posted has the same
names as before, so that the truth API can judge what was stored.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SCRIPT = Path(__file__).parent / "static" / "drifts.js"
NAMES = tuple(re.findall(r"^    (\w+): \[", SCRIPT.read_text(encoding="utf-8"), re.MULTILINE))


class UnknownDriftError(ValueError):
    """No such change; the message lists them."""


@dataclass
class Drifts:
    """The changes in force."""

    names: list[str] = field(default_factory=list)

    def replace(self, names: Sequence[str]) -> None:
        """Put these changes in force instead. Raises UnknownDriftError."""
        unknown = [name for name in names if name not in NAMES]
        if unknown:
            msg = f"no such change: {', '.join(unknown)}; there are: {', '.join(NAMES)}"
            raise UnknownDriftError(msg)
        self.names = list(names)

    def html(self, template: str, html: str) -> str:
        """The page with the changes that concern it."""
        if not self.names:
            return html
        script = (
            f'<script src="/static/drifts.js" data-drifts="{" ".join(self.names)}" data-page="{template}"></script>'
        )
        return html.replace("</body>", f"{script}</body>")

    def next_page(self, here: str, there: str) -> str:
        """Where a page of a new calculation leads: incomes and expenses may have changed places."""
        if "sidornas_ordning" not in self.names:
            return there
        swapped = {("hushall", "inkomster"): "utgifter", ("utgifter", "sammanstallning"): "inkomster"}
        return swapped.get((here, there), "sammanstallning" if here == "inkomster" else there)
