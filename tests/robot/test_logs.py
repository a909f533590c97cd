"""Logs hold nothing personal, at any level, however it got there."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import structlog

from robot.logs import REMOVED, configure

CASE = "c_0123456789abcdef0123456789abcdef"
PERSONAL = [
    "194408139089",
    "19440813-9089",
    "440813-9089",
    "440813+9089",
    "4408139089",
    "19440813 9089",
    "19440813\u20139089",
    "19440813T908",
    "19440813-X908",
    "0701740605",
    "070-174 06 05",
    "+46701740605",
    "+46 70 174 06 05",
    "+46 (0)70 174 06 05",
    "0046701740605",
    "anna@example.se",
    "anna.exempel+1@example.com",
]


@dataclass
class Person:
    """Something whose own words are personal."""

    number: str


class Log:
    """A logger, and what it has written."""

    def __init__(self, stream: io.StringIO) -> None:
        self.logger: structlog.stdlib.BoundLogger = structlog.get_logger("test")
        self._stream = stream

    @property
    def text(self) -> str:
        """Everything that was written."""
        return self._stream.getvalue()

    @property
    def line(self) -> dict[str, Any]:
        """The one line that was written."""
        (line,) = self.text.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """The logger as commands configure it, at the lowest level."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure("DEBUG")
    yield Log(stream)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)
    logging.raiseExceptions = True


@pytest.mark.parametrize("personal", PERSONAL)
def test_every_spelling_is_taken_out(log: Log, personal: str) -> None:
    """In the message, a value, a key, and anything nested."""
    log.logger.debug(f"om {personal} här", value=personal, nested={"a": [{personal: (personal,)}]}, **{personal: 1})

    assert personal not in log.text
    assert log.line["value"] == REMOVED


@pytest.mark.parametrize("value", [194408139089, 4408139089, {194408139089}, Person("194408139089"), b"194408139089"])
def test_values_of_every_kind_are_taken_out(log: Log, value: object) -> None:
    """A number as an integer, in a set, in an object or in bytes is not told."""
    log.logger.info("event", value=value)

    assert "4408139089" not in log.text


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error", "critical"])
def test_the_standard_librarys_loggers_go_the_same_way(log: Log, level: str) -> None:
    """A library that logs a number with arguments is redacted too."""
    getattr(logging.getLogger("somebody"), level)("asked about %s", "194408139089")

    line = log.line
    assert line["event"] == f"asked about {REMOVED}"
    assert line["level"] == level


@pytest.mark.parametrize("through", ["structlog", "logging"])
def test_an_exception_tells_its_place_and_never_its_words(log: Log, through: str) -> None:
    """Kinds and frames of the whole chain stand in the log; messages, which may quote anybody, do not."""
    try:
        try:
            int("Anna Exempel, Provgatan 1")
        except ValueError as cause:
            raise RuntimeError("194408139089") from cause
    except RuntimeError:
        (log.logger if through == "structlog" else logging.getLogger("somebody")).exception("broken")

    assert "Anna" not in log.text
    assert "194408139089" not in log.text
    told = log.line["exception"]
    assert "RuntimeError" in told
    assert "ValueError" in told
    assert any("test_logs.py" in place for place in told)


def test_our_own_identifiers_stay_readable(log: Log) -> None:
    """A case, a key and a time are told whole, ten digits in a row or not."""
    key = "1234567890123456789012345678901234567890"
    log.logger.info(
        "event", case=CASE, key=key, version=f"sha256:{'1' * 64}", attempts=3, ratio=0.5, done=True, why=None
    )

    line = log.line
    assert (line["case"], line["key"], line["version"]) == (CASE, key, f"sha256:{'1' * 64}")
    assert (line["attempts"], line["ratio"], line["done"], line["why"]) == (3, 0.5, True, None)
    assert str(line["timestamp"]).endswith("Z")


def test_a_number_under_the_name_of_a_case_is_taken_out(log: Log) -> None:
    """Only what has the form of our identifiers is let through."""
    log.logger.info("event", case="194408139089", key="194408139089")

    assert "194408139089" not in log.text
