"""One provider's API as all stages of the pipeline use it, made once at start."""

from collections.abc import Mapping
from dataclasses import dataclass

from profilegate.gateway.call import ProviderContext
from profilegate.gateway.gateway import Gateway
from profilegate.gateway.provider import Provider
from profilegate.http.cors import cors_headers
from profilegate.http.http_rules import NO_STORE, HeaderList, singletons_of
from profilegate.media.protobuf import Messages
from profilegate.openapi import Operation


@dataclass(frozen=True, slots=True)
class ProviderApi:
    """
    One provider's API.

    ``operations`` are the spec's operations by their full ids, ``headers`` go with every response
    of the provider, ``singletons`` are the headers of which a request may have one line only.
    """

    provider: Provider
    context: ProviderContext
    messages: Messages
    operations: Mapping[str, Operation]
    headers: HeaderList
    singletons: Mapping[bytes, str | None]

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
            context=ProviderContext(gateway, provider.name),
            messages=Messages(spec, provider.messages),
            operations={full_id(provider, each): each for each in spec.operations()},
            headers=[*cors_headers(spec), NO_STORE],
            singletons=singletons_of(spec),
        )


def full_id(provider: Provider, operation: Operation) -> str:
    """An operation's id among all specs: Connexion takes the first of two that are equal."""
    return f"{provider.name}.{operation.id}"
