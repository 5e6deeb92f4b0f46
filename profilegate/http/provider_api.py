"""One provider's API as all stages use it, built once at start."""

from collections.abc import Mapping
from dataclasses import dataclass

from profilegate.gateway.context import ProviderContext
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.provider import Provider
from profilegate.http.cors import cors_headers
from profilegate.http.http_rules import NO_STORE, HeaderList, request_id_names, singletons_of
from profilegate.media.protobuf import Messages
from profilegate.openapi import Operation


@dataclass(frozen=True, slots=True)
class ProviderApi:
    """
    One provider's API.

    ``operations`` are the spec's operations by their full ids. Every response of the provider has
    ``headers``, and the request's id under each of ``request_id_names``. ``singletons`` are the
    headers that a request may have once only: lower-case name -> name of the credential that it
    carries, or None.
    """

    provider: Provider
    gateway: Gateway
    messages: Messages
    operations: Mapping[str, Operation]
    headers: HeaderList
    request_id_names: tuple[bytes, ...]
    singletons: Mapping[bytes, str | None]

    def new_context(self) -> ProviderContext:
        """The context of a request: in the default namespace, until it moves."""
        return ProviderContext(self.gateway, self.provider.name)

    @classmethod
    def of(cls, provider: Provider, gateway: Gateway) -> "ProviderApi":
        """
        The API of a provider.

        Raises:
            SpecError: the spec has an operation without an id.
        """
        spec = provider.spec
        return cls(
            provider=provider,
            gateway=gateway,
            messages=Messages(spec, provider.messages),
            operations={full_id(provider, each): each for each in spec.operations()},
            headers=[*cors_headers(spec), NO_STORE],
            request_id_names=request_id_names(spec),
            singletons=singletons_of(spec),
        )


def full_id(provider: Provider, operation: Operation) -> str:
    """An operation's id that is unique among all specs (``kraken.update_user``)."""
    return f"{provider.name}.{operation.id}"
