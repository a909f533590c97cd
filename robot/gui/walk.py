"""Goes through the pages of a screen file, one after the other."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from robot.gui.contract import Change, DriftError, table_changes
from robot.gui.failure import GuiFailure, Snapshot
from robot.gui.fill import compare_page, differs, fill_page, must_still_be_taken, wanted
from robot.gui.identity import tells
from robot.gui.read import read_page
from robot.gui.screen import OneRow, Page, Value
from robot.gui.seen import Seen, Table, closest, shows
from robot.gui.session import NOWHERE, Session

Watch = Callable[[str, "Walk"], Awaitable[None]]


@dataclass(slots=True)
class Walk:
    """What a walk gathers.

    ``ended``: a row that may be absent was absent. ``read_back``: page → place → what it showed. ``at``: the page of
    the screen file that is worked on; ``visited``: those before it, as they were when they were left.
    """

    session: Session
    quiet: bool
    seen: Seen
    data: dict[str, Any] = field(default_factory=dict)
    read_back: dict[str, dict[str, str]] = field(default_factory=dict)
    evidence: list[Snapshot] = field(default_factory=list)
    ended: bool = False
    at: Page = NOWHERE
    watch: Watch | None = None
    visited: list[tuple[Page, Seen]] = field(default_factory=list)

    async def go(self, pages: Sequence[Page], then: Page = NOWHERE, *, inside: bool, patience: float = 0) -> None:
        """Walk the pages, and leave the last one for ``then``.

        ``inside``: the pages belong to the case, so each must show whose it is. ``patience``: seconds that a page may
        take to show what it must.
        """
        for page, following in zip(pages, (*pages, then)[1:], strict=True):
            if self.ended:
                return
            await self._page(page, inside=inside, patience=patience)
            if page.press is not None:
                still = must_still_be_taken(self.session, page)
                self.seen = await self.session.press(page.press, following, still=still)
            elif page.press_with is not None:
                self.seen = await self.session.press(self._showing(page.press_with), following)
            elif page.open_row is not None:
                await self._open(page.open_row, following)

    async def _page(self, page: Page, *, inside: bool, patience: float) -> None:
        self.at = page
        if page.absent is not None and page.absent in self.seen.messages:
            raise GuiFailure("human", "finns_inte", f"Systemet svarade: {page.absent}", page=self.seen.heading)
        if not self.seen.is_page(page):
            self.seen = await self.session.await_page(page)
        if not self.seen.is_page(page):
            raise self._wrong_page(page, inside=inside)
        if inside:
            self.session.must_show_person(self.seen)
        if self.watch is not None:
            await self.watch("before", self)
        if page.fields or any(rows.add for rows in page.rows):
            self.seen = await fill_page(self.session, page, self.seen)
        self.seen = await compare_page(self.session, page, self.seen, patience)
        if page.read:
            found = read_page(page, self.seen)
            self.data.update({page.section: found} if page.section else found)
        if page.find_row is not None:
            self._match(page.find_row)
        self.visited.append((page, self.seen))
        if self.watch is not None:
            await self.watch("after", self)
        if inside:
            self.keep(page)

    def keep(self, page: Page) -> None:
        """The evidence and the read-back of the page that was just asked; costs no round trip."""
        self.evidence.append(self.seen.snapshot(self.session.screen.id, self.session.now(), quiet=self.quiet))
        shown: dict[str, str] = {}
        for control in self.seen.controls:
            shown[control.place] = control.value
        for label in page.compare:
            shown[label] = " ".join(self.seen.labelled(label))
        for rows in page.rows:
            for table in self.seen.tables_named(rows.table):
                for number in range(len(table.rows)):
                    for column in rows.columns:
                        shown[f"{rows.table}: {column} rad {number + 1}"] = table.cell(number, column)

        if shown:
            self.read_back.setdefault(page.sign, {}).update(shown)

    def _showing(self, name: str) -> str:
        """The words of the one button, link or card that shows the value."""
        value = wanted(name, Value(value=name), self.session.values)
        found = [one for one in self.seen.buttons if tells(one, value)]
        if len(found) != 1:
            code = "flera_rader" if found else "raden_saknas"
            text = f"En knapp eller länk ska visa {name}; sidan har {len(found)} sådana."
            raise GuiFailure("human", code, text, page=self.seen.heading, label=name)
        return found[0]

    async def _open(self, row: OneRow, then: Page) -> None:
        at = self._match(row)
        if at is not None:
            self.seen = await self.session.open_row(row.table, at, then)

    def _match(self, row: OneRow) -> int | None:
        """The number of the only matching row; None when it may be absent and is."""
        found = self.seen.tables_named(row.table)
        columns = [*row.where, *row.compare, *row.read.values()]
        if changes := table_changes(row.table, list(dict.fromkeys(columns)), self.seen):
            raise DriftError(changes, self.seen)
        table = found[0]
        matching = [number for number in range(len(table.rows)) if self._fits(row, table, number)]
        if not matching and row.otherwise == "end":
            self.ended = True
            return None
        if len(matching) != 1:
            code = "flera_rader" if matching else "raden_saknas"
            text = f"Tabellen {row.table} ska ha en rad som passar; den har {len(matching)}."
            raise GuiFailure("human", code, text, page=self.seen.heading, label=row.table)
        for column, value in row.compare.items():
            text, shown = wanted(column, value, self.session.values), table.cell(matching[0], column)
            if not shows(shown, text, value):
                raise differs(self.seen, column, text, shown)
        self.data.update({name: table.cell(matching[0], column) for name, column in row.read.items()})
        self._keep_row(row, table, matching[0])
        return matching[0]

    def _keep_row(self, row: OneRow, table: Table, number: int) -> None:
        columns = [*row.where, *row.compare, *row.read.values()]
        self.read_back.setdefault(row.table, {}).update({column: table.cell(number, column) for column in columns})

    def _fits(self, row: OneRow, table: Table, number: int) -> bool:
        return all(
            shows(table.cell(number, column), wanted(column, value, self.session.values), value)
            for column, value in row.where.items()
        )

    def _wrong_page(self, page: Page, *, inside: bool) -> GuiFailure:
        """Inside a form, a page without any word of refusal is another page than before; else it concerns the case."""
        seen, expected = self.seen, page.sign
        renamed = closest(expected, list(seen.headings))
        if self.session.tab.status < 400 and not seen.messages and (inside or renamed):
            swedish = f"{expected}: sidan väntades, men systemet visade {seen.heading if renamed else 'en annan'}"
            english = f"{expected}: the page was expected, found {seen.heading}"
            return DriftError([Change("heading", expected, swedish, english, renamed or seen.heading)], seen)
        text = f"Sidan {expected} väntades, men systemet visade en annan."
        found = " ".join([seen.heading, *seen.messages])
        return GuiFailure("human", "fel_sida", text, page=seen.heading, label=expected, wanted=expected, found=found)
