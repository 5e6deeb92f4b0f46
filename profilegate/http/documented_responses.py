"""Documented error responses, encoded: in the provider's envelope, with all of its headers."""

from collections.abc import Mapping
from typing import NamedTuple

from profilegate.http.http_rules import HeaderList, request_id_headers
from profilegate.http.provider_api import ProviderApi
from profilegate.http.responses import encoder_of
from profilegate.openapi import Operation
from profilegate.openapi.documented_errors import DocumentedError, errors_of
from profilegate.store.faults import Effect

RETRY_AFTER_SECONDS = 1
"""What a 429 and a 503 ask for (RFC 6585, 4; RFC 9110, 15.6.4): as little as possible."""

WITH_RETRY_AFTER = (429, 503)


class FullResponse(NamedTuple):
    """A whole response."""

    status: int
    headers: HeaderList
    body: bytes


class DocumentedResponses:
    """The error responses of one operation; ``errors`` are those that the spec documents."""

    def __init__(self, api: ProviderApi, operation: Operation) -> None:
        self._api = api
        documented = errors_of(api.provider.spec)
        self.errors: Mapping[str, DocumentedError] = documented[operation.id]
        elsewhere = [error for each in documented.values() for error in each.values()]
        # The last one of a status counts, so the operation's own ones come last, in their order.
        ordered = [*reversed(elsewhere), *reversed(list(self.errors.values()))]
        self._of_status = {error.status: error for error in ordered}
        methods = {
            method
            for each in api.operations.values()
            if each.path == operation.path
            for method in each.methods
        }
        self._allow = ", ".join(sorted(methods))

    def response(self, effect: Effect, request_id: str) -> FullResponse | None:
        """
        The response that an effect asks for; None if it asks for none.

        For a status it is the first error that the operation documents for it, else the first one
        that another operation of the provider documents, else one without a body.
        """
        if effect.error is not None:
            return self._encoded(self.errors[effect.error], request_id)
        if effect.status is None:
            return None
        error = self._of_status.get(effect.status) or DocumentedError("", effect.status, "")
        return self._encoded(error, request_id)

    def _encoded(self, error: DocumentedError, request_id: str) -> FullResponse:
        api, body = self._api, b""
        headers = self._headers(error, request_id)
        if error.media_type:
            encode = encoder_of(api.provider.spec, error.media_type, error.media, api.messages)
            body = encode(error.value)
            headers.append((b"content-type", error.media_type.encode()))
        headers.append((b"content-length", b"%d" % len(body)))
        return FullResponse(error.status, headers, body)

    def _headers(self, error: DocumentedError, request_id: str) -> HeaderList:
        """Those of every response, those that HTTP requires, and those that the spec documents."""
        api = self._api
        headers = [*api.headers, *request_id_headers(api.request_id_names, request_id)]
        if error.status == 401 and api.provider.challenge is not None:
            headers.append((b"www-authenticate", api.provider.challenge.encode()))
        if error.status == 405:
            headers.append((b"allow", self._allow.encode()))
        if error.status in WITH_RETRY_AFTER:
            headers.append((b"retry-after", b"%d" % RETRY_AFTER_SECONDS))
        sent = {name for name, _ in headers} | {b"content-type", b"content-length"}
        documented = ((name.lower().encode(), text) for name, text in error.headers.items())
        return [*headers, *((name, text.encode()) for name, text in documented if name not in sent)]
