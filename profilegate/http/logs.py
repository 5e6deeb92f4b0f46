"""Logs: each event is one line on stderr, as JSON or as text, with the ids of its request.

All loggers share the form: ours, uvicorn's and asyncio's. No line has a path, a query, a header or
a body of a request; an exception is named by its type, because its message may quote one.
"""

import asyncio
import logging
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from profilegate.http.lazy_imports import standing_in

# structlog shows tracebacks with it, and ours are plain: 3 MB and 20 ms.
with standing_in("rich", None):
    import structlog
    from structlog.typing import EventDict, Processor

OURS: Final = ("profilegate", "uvicorn")
"""The loggers whose less important lines hold no data of a request; those of others might."""


def configure_logs(form: str, level: str, ids: Callable[[], Mapping[str, str]] = dict) -> None:
    """
    Let all loggers of this process write lines to stderr.

    ``form`` is ``json``, ``text`` or ``auto``: text on a terminal. ``level`` is the lowest one.
    ``ids`` gives the ids of the request that is served.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter(_form(form), ids))
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

    def __init__(
        self, processors: Sequence[Processor], ids: Callable[[], Mapping[str, str]]
    ) -> None:
        super().__init__()
        self._processors = processors
        self._ids = ids

    def format(self, record: logging.LogRecord) -> str:
        """The line: what is said, by which logger, with the ids of the request."""
        event: Any = {
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **self._ids(),
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


def line_logger(form: str) -> structlog.BoundLogger:
    """A logger for very many lines: each is only formatted and written."""
    logger: structlog.BoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=_form(form),
        wrapper_class=structlog.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return logger


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
