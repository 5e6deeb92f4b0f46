"""What goes wrong in a test: errors, delays and broken responses that a test scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypedDict

from profilegate.admin import faults

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate

MATCH = ("body", "nth", "probability", "seed")
"""The members of a failure that say which requests it affects; ``headers`` is another one."""


SECONDS = {"delay": "delay_seconds", "slow_body": "body_seconds"}
"""Option -> its name in the admin API."""


class FailureOptions(TypedDict, total=False):
    """What a failure does, and to which requests.

    ``error`` is the name of a documented error, or ``status`` any status. The response waits for
    ``delay`` seconds, and its body takes ``slow_body`` seconds; ``broken`` is how it breaks:
    no_response, head_only, malformed, truncated. With ``after`` the operation runs all the same.
    It ends after ``times`` requests. It affects requests with these ``headers`` and fields of the
    ``body`` (paths with their values), from the ``nth`` on, or each with a ``probability``, which
    a ``seed`` makes the same again.
    """

    error: str
    status: int
    delay: float
    slow_body: float
    broken: str
    after: bool
    times: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    nth: int
    probability: float
    seed: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure that a test has scripted."""

    _double: "Profilegate"
    id: str

    @classmethod
    def script(
        cls,
        double: "Profilegate",
        provider: str,
        operation: str | None,
        options: FailureOptions,
    ) -> Self:
        """
        Script a failure, after those that exist.

        Raises:
            TypeError: there is no such option.
            ValueError: there is no such provider, operation or documented error, or the options
                contradict each other; the message says which there are.
        """
        said: dict[str, Any] = {SECONDS.get(name, name): each for name, each in options.items()}
        for name in options:
            if name not in FailureOptions.__annotations__:
                known = ", ".join(FailureOptions.__annotations__)
                raise TypeError(f"a failure has no option {name!r}; there are {known}")
        match: dict[str, Any] = {name: said.pop(name) for name in MATCH if name in said}
        headers = said.pop("headers", {})
        match["headers"] = [{"header": name, "value": value} for name, value in headers.items()]
        document = {"provider": provider, **said, "match": match}
        if operation is not None:
            document["operation"] = operation
        added = double.act(lambda admin: faults.add(admin, faults.to_fault(document)))
        return cls(double, added.id)

    def remove(self) -> None:
        """Let the operation work again."""
        self._double.act(lambda admin: faults.remove(admin, self.id))
