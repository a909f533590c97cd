"""A browser without screen or script: enough HTTP to fill in the case system's forms by hand."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

Fields = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True)
class Seen:
    """A page as it was answered."""

    status: int
    path: str
    body: str

    @property
    def heading(self) -> str:
        """The text of its h1."""
        found = re.search(r"<h1>(.*?)</h1>", self.body, re.DOTALL)
        return unescape(found[1]) if found else ""

    @property
    def errors(self) -> list[str]:
        """The messages in its error box."""
        box = re.search(r'<div class="errors" role="alert">(.*?)</div>', self.body, re.DOTALL)
        return [unescape(text) for text in re.findall(r"<(?:a [^>]*|p)>(.*?)</(?:a|p)>", box[1])] if box else []

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the last form."""
        return str(re.findall(rf'name="{name}" value="([^"]*)"', self.body)[-1])

    def shown(self, label: str) -> str:
        """The value beside a label in a definition list."""
        found = re.search(rf"<dt>{label}</dt><dd[^>]*>(.*?)</dd>", self.body, re.DOTALL)
        assert found, f"'{label}' is not on the page {self.path}"
        return unescape(re.sub(r"<[^>]+>", "", found[1]))


class Visitor:
    """Follows redirects, keeps the cookie, and sends the CSRF token and form key of the page seen last."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._cookie = ""
        self.seen = Seen(0, "", "")

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Seen:
        """One request, redirects followed."""
        with closing(HTTPConnection(self._host, timeout=10)) as connection:
            kind = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
            sent = kind | {"Cookie": self._cookie, "Connection": "close"} | headers
            connection.request(method, path, body.encode(), sent)
            answer = connection.getresponse()
            text = answer.read().decode()
            cookie = answer.getheader("Set-Cookie")
            if cookie:
                self._cookie = cookie.split(";")[0]
            if answer.status == 303:
                return self.ask("GET", str(answer.getheader("Location")))
        return Seen(answer.status, path, text)

    def send(self, path: str, fields: Fields) -> Seen:
        """Post exactly these fields, with no regard to the page seen last."""
        return self.ask("POST", path, urlencode(dict(fields), doseq=True))

    def get(self, path: str) -> Seen:
        """Open a page."""
        self.seen = self.ask("GET", path)
        return self.seen

    def post(self, path: str, fields: Fields) -> Seen:
        """Post a form; a list is the values of one column of a table, row by row."""
        secrets = {} if path == "/login" else {name: self.seen.hidden(name) for name in ("csrf", "form_key")}
        self.seen = self.send(path, secrets | dict(fields))
        return self.seen

    def fill(self, path: str, fields: Fields) -> Seen:
        """Open a form and post it."""
        self.get(path)
        return self.post(path, fields)

    def log_in(self, user: str, password: str) -> Seen:
        """Post the login form."""
        return self.post("/login", {"username": user, "password": password})

    def calculate(self, number: str) -> list[dict[str, str]]:
        """What the button Beräkna asks for, on the summary page of a draft."""
        csrf = self.get(f"/berakning/{number}/sammanstallning").hidden("csrf")
        answer = self.ask(
            "POST", f"/berakning/{number}/berakna", **{"X-CSRF-Token": csrf, "Accept": "application/json"}
        )
        assert answer.status == 200, answer.body
        rows: list[dict[str, str]] = json.loads(answer.body)
        return rows


def truth(url: str, path: str) -> Any:
    """What the truth API answers."""
    return json.loads(Visitor(url).ask("GET", path).body)
