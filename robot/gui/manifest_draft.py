"""Writes a first manifest of a case system from its login page and the page after it."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from robot.gui.edits import scalar
from robot.gui.seen import Seen


def write_manifest(system: str, url: str, login: Sequence[tuple[Seen, str]], username: str, text: str) -> str:
    """A manifest in text. ``login``: its pages with the button pressed on each; ``text``: a page's words after it."""
    fields = [one for seen, _ in login for one in seen.controls]
    secret = next((one for one in fields if one.format == "password"), None)
    user = next((one for one in fields if one.kind == "text" and one.format != "password"), None)
    buttons = [button for _, button in login]
    sign = _sign(username, text)
    path = urlsplit(url).path or "/"
    lines = [
        "# A first manifest, written from the pages as they were. Go through every line before it is used.",
        f"name: {scalar(system)}",
        f"title: {scalar(system.replace('_', ' ').capitalize())}",
        "kind: case_system",
        "owner: systemförvaltare  # who answers for the system",
        "auth: {kind: form}",
        "rate: {concurrency: 1, per_second: 2}  # what the supplier allows",
        "timeouts: {connect_seconds: 5, read_seconds: 20}",
        "retries: {attempts: 3}",
        "language: sv",
        f"start: {scalar(path)}",
        "login:",
        f"  path: {scalar(login[0][0].path if login else path)}",
        f"  username: {scalar(user.label if user and user.label else 'Användarnamn')}",
        *([f"  next: {scalar(buttons[0])}"] if len(buttons) > 1 else []),
        f"  password: {scalar(secret.label if secret and secret.label else 'Lösenord')}",
        f"  button: {scalar(buttons[-1] if buttons else 'Logga in')}",
        "  # the words before the user name on every page of a live session; a page that shows another name than the",
        "  # user name: `shown_as` with that name",
        f"  session_sign: {scalar(sign or 'Inloggad som')}" + ("" if sign else "  # uncertain: not found"),
        "  expired_sign: Din session har gått ut.  # uncertain: was not seen",
        "recover: verify",
    ]
    return "\n".join(lines) + "\n"


def _sign(username: str, text: str) -> str:
    if not username:
        return ""
    found = re.search(rf"((?:[^\W\d_]+[ :]+){{1,3}}){re.escape(username)}\b", text)
    found = found or re.search(rf"(\S+) +{re.escape(username)}\b", text)
    return found[1].strip() if found else ""
