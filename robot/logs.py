"""Structured logs. Whatever looks like a person, a phone or an address of somebody is taken out at every level."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PERSONAL = re.compile(
    r"(?<!\d)(?:\d{2})?\d{6}[-+]?[\dA-Za-z]\d{3}(?!\d)"  # personnummer, samordningsnummer, T-number
    r"|[\w.+-]+@[\w-]+\.[\w.]+"  # e-mail address
    r"|(?<!\d)(?:\+46|0)7[\d -]{7,}\d"  # mobile number
)
# Our own identifiers are hexadecimal and may hold ten digits in a row; they name a case, never a person.
_OURS = {"case", "delivery", "executor", "key", "version", "timestamp"}


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace personal numbers, addresses and phones in every value but our own identifiers."""
    return {name: value if name in _OURS else _clean(value) for name, value in event.items()}


def configure(level: str = "INFO") -> None:
    """JSON lines on standard error, redacted; the standard library's loggers go the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("apscheduler", "weasyprint", "fontTools", "httpx", "httpcore", "asyncio", "dbos", "alembic"):
        logging.getLogger(name).setLevel(max(logging.ERROR, root.level))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _PERSONAL.sub("[borttaget]", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value
