"""The client: builds requests from the spec, checks, signs and sends them, and checks responses."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final

import httpx2
from msgspec import UNSET

from profilegate.client.base_urls import BaseUrl
from profilegate.client.bodies import encode_body
from profilegate.client.checks import Checker
from profilegate.client.media import Media, accepted, body_media
from profilegate.client.parameters import put_parameter, values_of
from profilegate.client.responses import Response
from profilegate.client.sending import TIMEOUT_SECONDS, Sender
from profilegate.errors import (
    InvalidFieldsError,
    SettingError,
    Violation,
)
from profilegate.gateway.loading import load_descriptors, load_signer, load_spec
from profilegate.gateway.outgoing import Credentials, OutgoingRequest, Signer, ready_made_signer
from profilegate.media.protobuf import Messages
from profilegate.openapi import Operation, Spec

USER_AGENT: Final = "profilegate"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOptions:
    """
    How a request is made.

    ``media_type`` is that of the body and the wanted one of the response: a name of the spec or a
    part of it (``protobuf``); by default JSON where there is JSON. ``headers`` are added as they
    are. ``is_checked``: an invalid request is not sent. ``is_signed``: with the credentials.
    """

    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_checked: bool = True
    is_signed: bool = True


DEFAULTS: Final = SendOptions()


class Client:
    """
    Calls one provider by its spec.

    ::

        with Client.of("machnet", {"client_id": "…", "client_secret": "…"}) as client:
            response = client.call("get_user", {"user_id": "…"})
            response.status, response.value, response.problems

    Bodies are values as the spec describes them, of any media type; the types of handlers' bodies
    (``UserUpdate`` in a package's ``_generated``) describe them to a type checker. Without a base
    URL it calls the spec's first server, or a gateway on this machine. It follows no redirect:
    credentials are for one server.
    """

    def __init__(
        self,
        spec: Spec,
        credentials: Credentials | None = None,
        base_url: str | BaseUrl | None = None,
        *,
        signer: Signer | None = None,
        descriptors: bytes = b"",
        transport: httpx2.BaseTransport | None = None,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """
        A client of a spec.

        ``signer`` is that of the schemes that OpenAPI describes by default, ``descriptors`` those
        of the protobuf messages. ``transport`` sends in place of the network.

        Raises:
            SettingError: the base URL is none.
        """
        self.spec = spec
        self.credentials: Credentials = {} if credentials is None else credentials
        self.signer = ready_made_signer(spec) if signer is None else signer
        if base_url is None:
            base_url = BaseUrl.of_spec(spec)
        self.base_url = BaseUrl.of(base_url) if isinstance(base_url, str) else base_url
        self._messages = Messages(spec, descriptors)
        self._checker = Checker(spec, self._messages)
        self._sender = Sender(transport, timeout_seconds)

    @classmethod
    def of(
        cls,
        provider: str,
        credentials: Credentials | None = None,
        base_url: str | BaseUrl | None = None,
        **more: Any,
    ) -> "Client":
        """
        A client of a provider, with its signer and its messages.

        Raises:
            SpecError, SpecsRejectedError: as ``load_spec``.
            SettingError: there is no such provider, or the base URL is none.
        """
        spec = load_spec(provider)
        more |= {"signer": load_signer(spec), "descriptors": load_descriptors(provider)}
        return cls(spec, credentials, base_url, **more)

    def with_credentials(self, credentials: Credentials) -> "Client":
        """A client of the same server for another caller, on the same connections."""
        made = copy(self)
        made.credentials = credentials
        return made

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._sender.close()

    def operation(self, name: str) -> Operation:
        """
        An operation by its id.

        Raises:
            SettingError: the spec has none of this name.
        """
        known = {each.id: each for each in self.spec.operations()}
        if name not in known:
            what = f"{self.spec.file} has no such operation; there are {', '.join(known)}"
            raise SettingError(name, what)
        return known[name]

    def call(
        self,
        operation: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        body: Any = UNSET,
        options: SendOptions = DEFAULTS,
    ) -> Response:
        """
        Send a request, and check the response; a response that breaks the spec is no error.

        Raises:
            RequestError, ConfigurationError: as ``prepare``; nothing was sent.
            ServerUnreachableError, ResponseTooLargeError: there is no response.
        """
        return self.send(self.prepare(operation, parameters, body=body, options=options))

    # --- Requests ------------------------------------------------------------------------

    def prepare(
        self,
        operation: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        body: Any = UNSET,
        options: SendOptions = DEFAULTS,
    ) -> OutgoingRequest:
        """
        A request that is checked, encoded and signed. It can be changed, and sent more than once.

        ``parameters`` are by their names in the spec. A ``body`` of bytes is sent as it is.

        Raises:
            InvalidFieldsError: with all violations.
            BodyUnreadableError: the body cannot be written in its media type.
            MediaTypeUnsupportedError: the operation does not have the media type.
            CredentialsNotGivenError: the operation needs others.
            SettingError: there is no such operation, or a credential is malformed.
        """
        found = self.operation(operation)
        media = body_media(found, options.media_type)
        request = OutgoingRequest(
            found, self.base_url.origin, found.method, self.base_url.path(found), value=body
        )
        if options.is_signed:
            needed = [frozenset(each) for each in self.spec.requirements(found)]
            request.schemes = self.signer.choose(needed, self.credentials)
            self.signer.complete(request, self.credentials)
        values, unknown = values_of(found, parameters or {})
        names = tuple(each.name for each in found.parameters)
        violations = [Violation((each,), "unexpected", names, True) for each in unknown]
        if options.is_checked:
            violations += self._checker.request(found, values, media, request.value)
        if violations:
            raise InvalidFieldsError(violations)
        self._write(request, values, media)
        if self.base_url.is_gateway and self.spec.host is not None:
            # Other providers of the gateway have the same paths.
            request.headers["Host"] = self.spec.host
        request.headers |= {"Accept": accepted(found, options.media_type), **options.headers}
        if request.schemes:
            self._sign(request)
        return request

    def _write(
        self, request: OutgoingRequest, values: Mapping[str, Any], media: Media | None
    ) -> None:
        for parameter in request.operation.parameters:
            if parameter.argument in values:
                put_parameter(request, parameter, values[parameter.argument])
        if request.value is UNSET:
            return
        name, node = media or ("application/octet-stream", {})
        if isinstance(request.value, bytes):
            request.body, request.headers["Content-Type"] = request.value, name
        else:
            request.body, request.headers["Content-Type"] = encode_body(
                self.spec, self._messages, name, node, request.value
            )

    def _sign(self, request: OutgoingRequest) -> None:
        before = {*request.headers.items(), *request.query}
        self.signer.sign(request, self.credentials)
        added = {*request.headers.items(), *request.query} - before
        request.secret = frozenset(name for name, _ in added) | {"Cookie"}

    def unknown_fields(self, request: OutgoingRequest, media_type: str = "") -> list[str]:
        """The fields of a request's body that the spec does not have: they may be mistyped."""
        media = body_media(request.operation, media_type)
        if media is None or request.value is UNSET or isinstance(request.value, bytes):
            return []
        return self._checker.unknown_fields(media[1]["schema"], request.value)

    # --- Responses -----------------------------------------------------------------------

    def send(self, request: OutgoingRequest) -> Response:
        """
        Send a request as it is, and check the response.

        Raises:
            ServerUnreachableError, ResponseTooLargeError: there is no response.
        """
        received = self._sender.send(request, sent_headers(request))
        value, violations, unknown = self._checker.response(
            request.operation, received.status, received.headers, received.body
        )
        return Response(
            request,
            received.status,
            received.headers,
            received.body,
            value,
            violations,
            unknown,
            received.seconds,
        )


FRAMING = frozenset(("content-length", "transfer-encoding"))
"""Headers that say where a body ends: the library writes them."""


def sent_headers(request: OutgoingRequest) -> dict[str, str]:
    """
    The headers of a request, its cookies too.

    Raises:
        InvalidFieldsError: the value of one would end its line or its cookie, or it says how long
            the body is.
    """
    headers = {"User-Agent": USER_AGENT, **request.headers}
    wrong = [
        *(
            Violation((each,), "framing", is_parameter=True)
            for each in headers
            if each.lower() in FRAMING
        ),
        *(
            Violation((name,), "cookie", is_parameter=True)
            for name, value in request.cookies
            if ";" in name + value
        ),
    ]
    if wrong:
        raise InvalidFieldsError(wrong)
    if request.cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in request.cookies)
    broken = [name for name, value in headers.items() if not value.replace("\t", " ").isprintable()]
    if broken:
        raise InvalidFieldsError(
            [Violation((name,), "unprintable", is_parameter=True) for name in broken]
        )
    return headers
