"""Logs: each event is one line on stderr, as JSON or as text, with the ids of its request.

All loggers share the form: ours, uvicorn's and asyncio's. No line has a path, a query, a header or
a body of a request; an exception is named by its type, because its message may quote one.
"""

import asyncio
import logging
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from starlette.types import Scope

from profilegate.gateway.peers import Network
from profilegate.http.client_address import compile_client_address
from profilegate.http.exchange import Exchange
from profilegate.http.lazy_imports import without
from profilegate.http.observing import Observe
from profilegate.http.trace_context import current_ids, ids_of

# structlog shows tracebacks with it, and ours are plain: 3 MB and 20 ms.
with without("rich"):
    import structlog
    from structlog.typing import EventDict, Processor

ACCESS: Final = "profilegate.access"

OURS: Final = ("profilegate", "uvicorn")
"""The loggers whose less important lines hold no data of a request; those of others might."""


def configure_logs(form: str, level: str) -> None:
    """
    Let all loggers of this process write lines to stderr.

    ``form`` is ``json``, ``text`` or ``auto``: text on a terminal. ``level`` is the lowest one.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(_form(form)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())


class LineFormatter(logging.Formatter):
    """
    Makes a line of a record of any logger, by structlog's processors.

    structlog's own formatter copies the record twice, and strangers cause lines.
    """

    def __init__(self, processors: Sequence[Processor]) -> None:
        super().__init__()
        self._processors = processors

    def format(self, record: logging.LogRecord) -> str:
        """The line: what is said, by which logger, with the ids of the request."""
        event: Any = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **current_ids(),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            event["exception"] = type(error).__name__
            event["frames"] = "".join(traceback.format_tb(error.__traceback__))
        for process in self._processors:
            event = process(None, record.levelname, event)
        return str(event)


def log_loop_errors(loop: asyncio.AbstractEventLoop) -> None:
    """Let an event loop log what it finds wrong without the ``repr`` of an exception."""

    def log(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        frames = "" if error is None else "".join(traceback.format_tb(error.__traceback__))
        name = "an error" if error is None else type(error).__name__
        logging.getLogger("profilegate").error("event loop: unexpected %s\n%s", name, frames)

    loop.set_exception_handler(log)


def access_log(form: str, peers: tuple[Network, ...] | None) -> Observe:
    """
    What writes a line for each request: which operation, its status and its time.

    A path holds ids, so the line has the operation's path in the spec. ``peers`` are the trusted
    proxies if the line has the client's address too, None otherwise.
    """
    address = None if peers is None else compile_client_address(peers)
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=_form(form),
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=True,
    )

    def observe(scope: Scope, exchange: Exchange, seconds: float) -> None:
        line = {"level": "info", "logger": ACCESS, "method": scope["method"]}
        line |= ids_of(scope, exchange)
        if exchange.api is not None:
            line["provider"] = exchange.api.provider.name
            if exchange.operation_id:
                operation = exchange.api.operations[exchange.operation_id]
                line |= {"operation": operation.id, "route": operation.path}
        if address is not None:
            line["peer"] = address(scope)
        if exchange.error:
            line["error"] = exchange.error
        status = 0 if exchange.response is None else exchange.response[0]
        log.info("request", status=status, duration_ms=round(1000 * seconds, 3), **line)

    return observe


def _form(form: str) -> list[Processor]:
    """The last processors: those that make a line of the facts of an event."""
    is_terminal = sys.stderr.isatty()
    if form == "json" or (form == "auto" and not is_terminal):
        timestamp = structlog.processors.TimeStamper(fmt="iso", key="time")
        return [timestamp, structlog.processors.JSONRenderer(serializer=_json)]
    return [
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(colors=is_terminal, sort_keys=False),
    ]


def _json(event: EventDict, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
