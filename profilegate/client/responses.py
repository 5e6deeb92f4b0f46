"""Responses: what a server sent, its value, and what in it breaks the spec."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profilegate.errors import Violation
from profilegate.gateway.outgoing import OutgoingRequest
from profilegate.openapi.messages import sentence


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """
    A response to a call.

    ``headers`` have lower-case names. ``value`` is its body, decoded by the spec: UNSET without a
    body, bytes if the spec does not say what it is. ``violations`` are the rules of the spec that
    it breaks, ``unknown_fields`` the paths of fields that the spec does not have (which OpenAPI
    permits). ``seconds`` is how long the server took.
    """

    request: OutgoingRequest
    status: int
    headers: Mapping[str, str]
    body: bytes
    value: Any
    violations: Sequence[Violation]
    unknown_fields: Sequence[str]
    seconds: float

    def __repr__(self) -> str:
        """Without what was received."""
        return f"<Response {self.status}>"

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def problems(self) -> list[str]:
        """The violations as sentences."""
        return [f"{each.field or 'the body'} {sentence(each)}" for each in self.violations]
