"""The access log: a line for each request, with names of the spec and no data of it."""

from typing import Final

from starlette.types import Scope

from profilegate.gateway.peers import Network
from profilegate.http.client_address import compile_client_address
from profilegate.http.exchange import Exchange
from profilegate.http.logs import line_logger
from profilegate.http.observing import Observe
from profilegate.http.trace_context import ids_of

LOGGER: Final = "profilegate.access"


def access_log(form: str, peers: tuple[Network, ...] | None) -> Observe:
    """
    What writes a line for each request: which operation, its status and its time.

    A path holds ids, so the line has the operation's path in the spec. ``peers`` are the trusted
    proxies if the line has the client's address too, None otherwise.
    """
    address = None if peers is None else compile_client_address(peers)
    log = line_logger(form)

    def observe(scope: Scope, exchange: Exchange, seconds: float) -> None:
        line = {"level": "info", "logger": LOGGER, "method": scope["method"]}
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
