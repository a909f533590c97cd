"""Whether the page that answered is one of ours, and if not, how the work ends."""

from collections.abc import Sequence

from connectors.manifest import CaseSystemManifest
from robot.gui.failure import GuiFailure
from robot.gui.identity import check_person
from robot.gui.screen import Page
from robot.gui.seen import Seen
from robot.gui.tab import Tab

STALE = frozenset({409, 412})  # the case was changed by somebody else meanwhile


class Judge:
    """Judges what one tab shows of one case."""

    def __init__(self, tab: Tab, manifest: CaseSystemManifest, whose: Sequence[str]) -> None:
        self._tab = tab
        self._manifest = manifest
        self._whose = whose
        self._dialogs: tuple[str | None, ...] = (None,)
        self._message: str | None = None

    def expect(self, page: Page, *, after: bool = False) -> None:
        """Expect this page next. Its dialog, and ``after`` a press also the one just left, is no unexpected one.

        The words by which it is known are no complaint, however they are shown.
        """
        self._dialogs = (self._dialogs[-1], page.dialog) if after else (page.dialog,)
        self._message = page.message

    def answered(self, seen: Seen) -> Seen:
        """The page, if the server answered with one at all."""
        name, status = self._manifest.title, self._tab.status
        if seen.broken or self._tab.cut_off:
            raise self._cut_off()
        if status >= 500:
            raise self.server_error(seen)
        if status in STALE:
            raise self._stale(seen)
        if status in {401, 403, 404, 405, 410}:
            text = f"{name} visade en felsida ({status}) i stället för den väntade sidan."
            raise GuiFailure("stop", "sidan_nekad", text, page=seen.heading)
        return seen

    def check(self, seen: Seen, *, dialog: bool = False) -> Seen:
        """The page, if it is one of ours: logged in, no unexpected dialog, no complaint, the right person."""
        known = dialog or (self._message or "\n") in (seen.dialog or "") or set(self._dialogs) & set(seen.dialog_names)
        if self._tab.dialogs or (seen.dialog and not known):
            raise self._unexpected_dialog(seen)
        if self._tab.windows:
            text = "Systemet öppnade ett fönster som roboten inte känner till."
            raise GuiFailure("human", "ovantat_fonster", text, page=seen.heading)
        if not seen.words[0] or self._tab.script_status == 401:
            if self._tab.script_status == 401 or seen.words[1] or self._manifest.login.button in seen.buttons:
                raise GuiFailure("retry", "session_utgangen", "Inloggningen hade gått ut.", page=seen.heading)
            raise GuiFailure("stop", "okand_sida", "Systemet visade en sida som inte hör till en inloggad användare.")
        complaints = [one for one in seen.alerts if self._message is None or self._message not in one]
        if complaints and self._tab.script_status >= 500:
            raise self.server_error(seen)
        if complaints and self._tab.script_status in STALE:
            raise self._stale(seen)
        if complaints:
            broken = next((one.label for one in seen.controls if one.invalid), "")
            text = "Systemet tog inte emot uppgifterna. Vad det svarade står i underlaget."
            found = " ".join(complaints)
            raise GuiFailure("human", "nekad_av_systemet", text, page=seen.heading, label=broken, found=found)
        check_person(seen, self._whose)
        return seen

    def _unexpected_dialog(self, seen: Seen | None) -> GuiFailure:
        words = self._tab.dialogs if seen is None else [*self._tab.dialogs, seen.dialog or ""]
        text = "Systemet visade en ruta som roboten inte känner till."
        page = "" if seen is None else seen.heading
        return GuiFailure("human", "ovantad_dialog", text, page=page, found=" ".join(words))

    def _cut_off(self) -> GuiFailure:
        text = f"Anslutningen till {self._manifest.title} bröts."
        return GuiFailure("retry", "anslutning_bruten", text)

    def interrupted(self) -> GuiFailure:
        """What came of which the page may never settle."""
        if self._tab.broken:
            return GuiFailure("retry", "webblasaren_avslutad", "Webbläsaren avslutades mitt i arbetet.")
        if self._tab.file:
            text = f"{self._manifest.title} svarade med en fil i stället för en sida."
            return GuiFailure("retry", "ovantad_fil", text)
        return self._cut_off() if self._tab.cut_off else self._unexpected_dialog(None)

    def slow(self) -> GuiFailure:
        """The system did not answer in time; another time it may."""
        return GuiFailure("retry", "sidan_svarar_inte", f"{self._manifest.title} svarade inte i tid.")

    def server_error(self, seen: Seen) -> GuiFailure:
        """The system's own server failed; another time it may not."""
        text = f"{self._manifest.title} svarade med ett serverfel."
        return GuiFailure("retry", "serverfel", text, page=seen.heading)

    def _stale(self, seen: Seen) -> GuiFailure:
        text = "Någon annan har ändrat ärendet sedan roboten öppnade det."
        return GuiFailure("retry", "andrat_av_annan", text, page=seen.heading)
