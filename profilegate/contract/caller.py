"""The caller: sends requests to a server that is verified, and checks each response."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from msgspec import UNSET

from profilegate.admin.exchanges import ExchangeView
from profilegate.client import Client, Response, SendOptions
from profilegate.client.client import DEFAULTS, sent_headers
from profilegate.contract.checks import ExchangeChecker
from profilegate.contract.findings import Check, Finding
from profilegate.contract.har_files import HarFile
from profilegate.contract.matching import Matcher
from profilegate.contract.recorded import Recorded
from profilegate.gateway.outgoing import OutgoingRequest
from profilegate.gateway.provider import Provider
from profilegate.openapi import Operation

RETRY_STATUSES: Final = (429, 503)
"""RFC 6585, 4, and RFC 9110, 15.6.4: the responses that may say when to come again."""

RETRIES_MAX: Final = 3
RETRY_AFTER_MAX_SECONDS: Final = 60.0
"""A server that wants to be left alone for longer is not waited for."""


@dataclass(slots=True)
class Caller:
    """
    Calls one provider at one server.

    ``pause_seconds`` is the least time between two requests. ``recording`` gets every exchange,
    masked. A finding that is known already is not repeated.
    """

    provider: Provider
    client: Client
    pause_seconds: float = 0.0
    recording: HarFile | None = None
    _checker: ExchangeChecker = field(init=False)
    _matcher: Matcher = field(init=False)
    _seen: set[tuple[str, str, str]] = field(default_factory=set)
    _sent: int = 0
    _last: float = 0.0

    def __post_init__(self) -> None:
        self._checker = ExchangeChecker([self.provider])
        self._matcher = Matcher([self.provider])

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def call(
        self,
        check: Check,
        operation: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        body: Any = UNSET,
        options: SendOptions = DEFAULTS,
        client: Client | None = None,
    ) -> Response:
        """
        Send a request, and once more when the server asks to wait.

        Raises:
            InvalidFieldsError, SettingError: the request cannot be made.
            ServerUnreachableError, ResponseTooLargeError: there is no response.
        """
        caller = client or self.client
        for _ in range(RETRIES_MAX):
            # Signed anew: a nonce counts once.
            request = caller.prepare(operation, parameters, body=body, options=options)
            response = self.send(check, request, client=caller)
            wait = _wanted_pause(response)
            if wait is None:
                break
            time.sleep(wait)
        return response

    def send(
        self, check: Check, request: OutgoingRequest, *, client: Client | None = None
    ) -> Response:
        """
        Send a request as it is, once.

        Raises:
            ServerUnreachableError, ResponseTooLargeError: there is no response.
        """
        time.sleep(max(0.0, self._last + self.pause_seconds - time.monotonic()))
        self._sent += 1
        started = time.time()
        response = (client or self.client).send(request)
        self._last = time.monotonic()
        check.calls += 1
        check.successes += response.is_success
        self.examine(check, _recorded(self._sent, request, response, started))
        return response

    def operation_at(self, method: str, url: str) -> Operation | None:
        """The operation that a request is for."""
        match = self._matcher.match(method, url)
        return None if match is None else match.operation

    def examine(self, check: Check, recorded: Recorded) -> None:
        """Check what a server has sent, and add what is new to the findings."""
        match = self._matcher.match(recorded.method, recorded.url)
        if match is None:
            return
        checked = self._checker.check(recorded, match)
        for finding in checked.findings:
            if finding.side != "request":
                self.add(check, finding)
        if self.recording is not None:
            entry = recorded.entry(self.provider.name, checked.operation_id, match.path)
            self.recording.add(ExchangeView(self.provider, entry))

    def add(self, check: Check, finding: Finding) -> None:
        """Add a finding, unless the same rule was broken in the same way before."""
        key = (finding.operation, finding.rule.field, finding.rule.detail)
        if key not in self._seen:
            self._seen.add(key)
            check.findings.append(finding)


def _recorded(
    number: int, request: OutgoingRequest, response: Response, started: float
) -> Recorded:
    headers = [
        (name.lower().encode("latin-1"), value.encode())
        for name, value in sent_headers(request).items()
    ]
    return Recorded(
        number=number,
        method=request.method,
        url=request.url,
        headers=headers,
        request_body=request.body or b"",
        status=response.status,
        response_headers=[
            (name.encode("latin-1"), value.encode("latin-1", "replace"))
            for name, value in response.headers.items()
            # The body is decompressed.
            if name != "content-encoding"
        ],
        response_body=response.body,
        started=started,
        ended=started + response.seconds,
    )


def _wanted_pause(response: Response) -> float | None:
    """The seconds after which the server wants the request again; None if it does not."""
    text = response.headers.get("retry-after", "")
    if response.status not in RETRY_STATUSES or not text:
        return None
    if text.strip().isdigit():
        seconds = float(text)
    else:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return max(seconds, 0.0) if seconds <= RETRY_AFTER_MAX_SECONDS else None
