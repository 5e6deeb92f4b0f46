"""Health: whether the process serves, and whether it can do its work (``/health/…``)."""

import asyncio
import json
import logging
from typing import Final

from profilegate.gateway.gateway import Gateway
from profilegate.http.exchange import Response
from profilegate.http.http_rules import NO_STORE
from profilegate.store.health import Health

logger = logging.getLogger("profilegate")

CHECKED_EVERY_SECONDS: Final = 1.0
"""How long a result counts: a stranger's requests cause one row in a second, however many. We chose
it; probes ask every few seconds."""

CHECK_MAX_SECONDS: Final = 0.8
"""Kubernetes waits one second for a probe, if nothing is set."""

LATE: Final = {"database": f"no check was complete within {CHECK_MAX_SECONDS} seconds"}


class HealthPages:
    """
    The responses to load balancers and supervisors.

    They name checks and whether each is met; what is wrong is in the log, once for each change.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._checking: asyncio.Task[Health] | None = None
        self._found: Health = {}
        self._until = 0.0

    async def live(self, _: object) -> Response:
        """Respond 200: the event loop turns."""
        return _response(200, {"status": "live"})

    async def ready(self, _: object) -> Response:
        """Respond 200 if every check is met; 503 otherwise, and while the server shuts down."""
        if self._gateway.is_stopping:
            return _response(503, {"status": "stopping"})
        found = await self.found()
        checks = {name: "failed" if wrong else "ok" for name, wrong in sorted(found.items())}
        is_ready = "failed" not in checks.values()
        status = "ready" if is_ready else "not ready"
        return _response(200 if is_ready else 503, {"status": status, "checks": checks})

    async def found(self) -> Health:
        """What the checks have found, now or a moment ago; one runs at a time, for all who ask."""
        loop = asyncio.get_running_loop()
        if self._checking is None and loop.time() < self._until:
            return self._found
        if self._checking is None:
            self._checking = loop.create_task(self._check())
        done, _ = await asyncio.wait({self._checking}, timeout=CHECK_MAX_SECONDS)
        return self._found if done else LATE

    async def _check(self) -> Health:
        try:
            found = await self._gateway.store.health()
        except Exception as error:
            # Only the type: a message may quote anything.
            found = {"database": f"unexpected {type(error).__name__}"}
        metrics = self._gateway.metrics
        if metrics is not None:
            metrics.measure_checks(found)
        for name in sorted({*found, *self._found}):
            wrong, before = found.get(name, ""), self._found.get(name, "")
            if wrong and wrong != before:
                logger.error("not ready: %s: %s", name, wrong)
            elif before and not wrong and name in found:
                logger.warning("ready again: %s", name)
        self._found = found
        self._until = asyncio.get_running_loop().time() + CHECKED_EVERY_SECONDS
        self._checking = None
        return found


def _response(status: int, content: object) -> Response:
    body = json.dumps(content).encode()
    return status, [(b"content-type", b"application/json"), NO_STORE], body
