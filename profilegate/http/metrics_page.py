"""``/metrics``: the metrics of this gateway, for a Prometheus that has the token."""

import asyncio
import logging
from hmac import compare_digest

from profilegate.errors import StoreUnavailableError
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.measuring import measure
from profilegate.gateway.metrics import Metrics
from profilegate.http.exchange import Response
from profilegate.http.health import HealthPages
from profilegate.http.http_rules import NO_STORE
from profilegate.http.pages.routes import PageRequest
from profilegate.http.pages.serving import PROBLEM

logger = logging.getLogger("profilegate")

UNAUTHORIZED: Response = (
    401,
    [(b"content-type", PROBLEM.encode()), (b"www-authenticate", b"Bearer"), NO_STORE],
    b'{"type": "about:blank", "title": "Unauthorized", "status": 401}',
)


class MetricsPage:
    """
    The response to Prometheus.

    Metrics tell how much a company does, so they have a token of their own, which can do nothing
    else; without one nobody reads them.
    """

    def __init__(self, gateway: Gateway, metrics: Metrics, health: HealthPages) -> None:
        self._gateway = gateway
        self._metrics = metrics
        self._health = health

    async def respond(self, request: PageRequest) -> Response:
        """Measure, and respond with all metrics in the format that the client accepts."""
        headers = request.headers
        if not self._is_permitted(headers.get(b"authorization", b"")):
            return UNAUTHORIZED
        await self._health.found()
        try:
            await measure(self._gateway)
        except StoreUnavailableError as error:
            logger.error("metrics: %s", error)
        accept = headers.get(b"accept", b"").decode("latin-1")
        # Some milliseconds, in which the event loop serves others.
        media_type, text = await asyncio.to_thread(self._metrics.exposition, accept)
        return 200, [(b"content-type", media_type.encode()), NO_STORE], text

    def _is_permitted(self, authorization: bytes) -> bool:
        scheme, _, token = authorization.partition(b" ")
        expected = self._gateway.metrics_token
        return (
            expected is not None
            and scheme.lower() == b"bearer"
            and compare_digest(token.strip(), expected.encode())
        )
