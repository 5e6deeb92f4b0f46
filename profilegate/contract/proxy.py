"""The proxy: forwards a client's requests to a server, and checks both sides of each exchange."""

import itertools
import json
import logging
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from anyio import to_thread
from starlette.types import Receive, Scope, Send

from profilegate.admin.exchanges import ExchangeView
from profilegate.contract.checked import Checked
from profilegate.contract.findings import Report
from profilegate.contract.forwarding import (
    FORWARDED_BODY_MAX_BYTES,
    Forwarded,
    Upstream,
    end_to_end,
)
from profilegate.contract.har_files import HarFile
from profilegate.contract.matching import Match
from profilegate.contract.recorded import HeaderLines, Recorded
from profilegate.contract.recording import TrafficChecker, check_of
from profilegate.errors import (
    BodyTooLargeError,
    ProfilegateError,
    RequestError,
    ResponseTooLargeError,
    ServerUnreachableError,
    UnexpectedError,
)
from profilegate.gateway.provider import ErrorResponse, Provider
from profilegate.http.bodies import read_body
from profilegate.http.security import raw_target

logger = logging.getLogger("profilegate")

CHECKS_KEPT_MAX: Final = 1000
"""Exchanges with findings that the report at the end has; the terminal and the HAR have all."""

STATUS_OF_ERROR: Final = {ServerUnreachableError: 502, ResponseTooLargeError: 502}
"""RFC 9110, 15.6.3: a gateway "received an invalid response from an inbound server"."""

TOO_LARGE: Final = 413
BAD_REQUEST: Final = 400


@dataclass(slots=True)
class Proxy:
    """
    The proxy as an ASGI app.

    ``rejects``: a request that breaks the spec is not forwarded, and a response that does is
    replaced; the client gets the provider's own error. ``har`` records the exchanges that match the
    spec, masked unless ``records_originals``. ``tell`` is called with each checked exchange.
    """

    upstream: Upstream
    checker: TrafficChecker
    report: Report
    tell: Callable[[Checked], None]
    rejects: bool = False
    har: HarFile | None = None
    records_originals: bool = False
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def of(
        cls, upstream: Upstream, providers: Sequence[Provider], tell: Callable[[Checked], None]
    ) -> "Proxy":
        """A proxy that checks by the specs of some providers."""
        return cls(upstream, TrafficChecker(providers, {}), Report(upstream.origin), tell)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request."""
        headers: HeaderLines = [(name.lower(), value) for name, value in scope["headers"]]
        try:
            body = await read_body(receive, dict(headers), FORWARDED_BODY_MAX_BYTES)
        except RequestError as error:
            status = TOO_LARGE if isinstance(error, BodyTooLargeError) else BAD_REQUEST
            await _send(send, scope["method"], _problem(status, error))
            return
        target = raw_target(scope).decode("latin-1")
        request = Recorded(
            number=next(self._numbers),
            method=scope["method"],
            url=self.upstream.origin + target,
            headers=[(n, self.upstream.host.encode() if n == b"host" else v) for n, v in headers],
            request_body=body,
            status=0,
            response_headers=[],
            response_body=b"",
            started=time.time(),
            ended=time.time(),
        )
        await _send(send, scope["method"], await self._response(request, headers, body))

    async def _response(self, request: Recorded, headers: HeaderLines, body: bytes) -> Forwarded:
        target = request.url.removeprefix(self.upstream.origin)
        match = self.checker.match(request)
        if match is None:
            self.report.ignored += 1
        elif self.rejects:
            checked = self.checker.check_request(request, match)
            if checked.rejection is not None:
                answer = _own_error(match, checked.rejection)
                checked.recorded = replace(request, status=answer.status)
                self._note(checked)
                return answer
        try:
            answer = await to_thread.run_sync(
                self.upstream.send, request.method, target, headers, body
            )
        except (ServerUnreachableError, ResponseTooLargeError) as error:
            logger.warning("%s", error)
            return _problem(STATUS_OF_ERROR[type(error)], error)
        answer = replace(answer, headers=list(end_to_end(answer.headers)))
        return answer if match is None else self._checked(request, match, answer)

    def _checked(self, request: Recorded, match: Match, answer: Forwarded) -> Forwarded:
        """The response, or the error in its place."""
        recorded = replace(
            request,
            status=answer.status,
            response_headers=[line for line in answer.headers if line[0] != b"content-encoding"],
            response_body=_decompressed(answer),
            ended=time.time(),
        )
        checked = self.checker.check(recorded, match)
        self._note(checked)
        is_wrong = any(e.side != "request" and not e.is_warning for e in checked.findings)
        return _own_error(match, UnexpectedError()) if self.rejects and is_wrong else answer

    def _note(self, checked: Checked) -> None:
        self.tell(checked)
        check = check_of(checked)
        self.report.checks.append(check)
        if len(self.report.checks) > CHECKS_KEPT_MAX:
            clean = next((e for e in self.report.checks if not e.findings), self.report.checks[0])
            self.report.checks.remove(clean)
        if self.har is not None:
            entry = checked.recorded.entry(
                checked.match.provider.name, checked.operation_id, checked.match.path
            )
            view = ExchangeView(checked.match.provider, entry, self.records_originals)
            self.har.add(view)


def _decompressed(answer: Forwarded) -> bytes | None:
    """The body without its coding; None for a coding that is not known here, or a bomb."""
    coding = dict(answer.headers).get(b"content-encoding", b"").strip().lower()
    if coding in (b"", b"identity"):
        return answer.body
    if coding not in (b"gzip", b"x-gzip", b"deflate"):
        return None
    # 32 more bits of the window: gzip or zlib, by the head.
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        body = decoder.decompress(answer.body, FORWARDED_BODY_MAX_BYTES)
    except zlib.error:
        return None
    return body if decoder.eof else None


def _own_error(match: Match, error: ProfilegateError) -> Forwarded:
    """An error in the provider's own form."""
    found: ErrorResponse = match.provider.to_error_response(error)
    kind = [(b"content-type", found.media_type.encode())] if found.media_type else []
    others = [(name.lower().encode(), value.encode()) for name, value in found.headers]
    return Forwarded(found.status, [*kind, *others], found.body)


def _problem(status: int, error: ProfilegateError) -> Forwarded:
    """An error of the proxy itself, as problem details (RFC 9457)."""
    document = {"type": "about:blank", "title": "profilegate proxy", "status": status}
    body = json.dumps({**document, "detail": str(error)}).encode()
    return Forwarded(status, [(b"content-type", b"application/problem+json")], body)


async def _send(send: Send, method: str, answer: Forwarded) -> None:
    headers = [line for line in answer.headers if line[0] != b"content-length"]
    has_body = method != "HEAD" and answer.status not in (204, 304)
    if has_body:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    elif method == "HEAD":
        headers += [line for line in answer.headers if line[0] == b"content-length"]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if has_body else b""})
