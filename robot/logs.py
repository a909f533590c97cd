"""Structured logs. Whatever looks like a person, a phone or an address of somebody is taken out at every level."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

REMOVED = "[borttaget]"
_SIGN = "[-+ \u2010-\u2015\u2212]?"
_PERSONAL = re.compile(
    rf"(?<!\d)(?:\d{{2}})?\d{{6}}{_SIGN}[\dA-Za-z]\d{{3}}(?!\d)"  # personnummer, samordningsnummer, T-number
    r"|[\w.+-]+@[\w-]+\.[\w.]+"  # e-mail address
    r"|(?<!\d)(?:\+46|0046|0)[ -]?(?:\(0\))?[ -]?7[\d -]{7,}\d"  # mobile number
)
# Our own identifiers are hexadecimal and may hold ten digits in a row; they name a case, never a person.
_OURS = {"case", "delivery", "executor", "key", "version", "timestamp"}
_OUR_FORM = re.compile(
    r"(?:c_|intake-|sha256:)?[0-9a-f]{32,64}|.*[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z|[\w.-]+-[0-9]+-[0-9a-f]{8}"
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace personal numbers, addresses and phones in every key and value but our own identifiers."""
    return {_text(name): value if _is_kept(name, value) else _clean(value) for name, value in event.items()}


def place_of_exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Tell where an exception came from and of which kind. Its own words may quote any value, so they are left out."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = _places(error)
    return event


def configure(level: str = "INFO") -> None:
    """JSON lines on standard error, redacted; the standard library's loggers go the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        place_of_exception,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.raiseExceptions = False  # a handler that fails would print the message as it is, with all its arguments
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("apscheduler", "weasyprint", "fontTools", "httpx", "httpcore", "asyncio", "dbos", "alembic"):
        logging.getLogger(name).setLevel(max(logging.ERROR, root.level))


def _places(error: BaseException) -> list[str]:
    """Kind and frames of the error, then of what caused it, innermost frame last."""
    told: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        told.append(type(current).__name__)
        frames = traceback.extract_tb(current.__traceback__)
        told += [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return told


def _is_kept(name: str, value: Any) -> bool:
    if name in {"_record", "_from_structlog"}:
        return True  # the library's own, taken out before anything is written
    return name in _OURS and isinstance(value, str) and _OUR_FORM.fullmatch(value) is not None


def _clean(value: Any) -> Any:
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if _text(str(value)) == str(value) else REMOVED
    if isinstance(value, Mapping):
        return {_text(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    # An object's own words may hold anything; only its kind is told.
    return _text(value) if isinstance(value, str) else f"<{type(value).__name__}>"


def _text(value: str) -> str:
    return _PERSONAL.sub(REMOVED, value)
