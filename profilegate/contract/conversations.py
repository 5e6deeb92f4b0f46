"""Conversations: several requests that show a rule which no single exchange shows."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from msgspec import UNSET

from profilegate.admin.rule_places import Rule, at_place
from profilegate.client import Response, SendOptions
from profilegate.client.client import DEFAULTS
from profilegate.contract.caller import Caller
from profilegate.contract.findings import Check, Finding
from profilegate.errors import InvalidFieldsError, SettingError
from profilegate.gateway.outgoing import OutgoingRequest
from profilegate.openapi import Spec

UNCHECKED: Final = SendOptions(is_checked=False)
"""For a request that is meant to break the spec."""

TOKEN_SIZE_BYTES: Final = 6
"""A name that nobody has yet; we chose 48 bits."""

UNREADABLE: Final = (AttributeError, LookupError, TypeError, ValueError)
"""What reading a response raises that has not the form of the spec; that itself is a finding."""

ANOTHER_FORM: Final = "a response has not the form that the spec says"

Run = Callable[["Talk"], None]


class ConversationEndedError(Exception):
    """A conversation cannot go on: what follows depends on what has failed."""


class SetupFailedError(ConversationEndedError):
    """What a conversation needs first could not be had; that shows nothing of its rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """
    One rule, and the requests that show it.

    ``at`` is the place of the rule in the spec, whose note is the rule's sentence. A rule without a
    note there has a ``sentence`` of its own, with its ``basis`` (``x-basis``). ``needs`` are inputs
    beside the credentials. ``writes``: it changes something at the server.
    """

    name: str
    run: Run
    at: tuple[str, ...]
    rule: str = "conversation"
    sentence: str = ""
    basis: str = ""
    needs: tuple[str, ...] = ()
    writes: bool = True


@dataclass(slots=True)
class Talk:
    """
    A conversation while it runs.

    ``inputs`` are values that the user gives, ``subject`` the parameters of the user of whom
    examples speak.
    """

    caller: Caller
    conversation: Conversation
    check: Check
    inputs: Mapping[str, str] = field(default_factory=dict)
    subject: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spec(self) -> Spec:
        """The provider's spec."""
        return self.caller.provider.spec

    def new_word(self) -> str:
        """A word that was never used before."""
        return secrets.token_hex(TOKEN_SIZE_BYTES)

    # --- Requests ------------------------------------------------------------------------

    def call(
        self,
        operation: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        body: Any = UNSET,
        options: SendOptions = DEFAULTS,
        credentials: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request; other ``credentials`` than the user's, if they are given."""
        own = self.caller.client
        client = own if credentials is None else own.with_credentials(credentials)
        return self.caller.call(
            self.check, operation, parameters, body=body, options=options, client=client
        )

    def prepare(
        self, operation: str, parameters: Mapping[str, Any] | None = None, *, body: Any = UNSET
    ) -> OutgoingRequest:
        """A signed request, which may be changed before it is sent."""
        return self.caller.client.prepare(operation, parameters, body=body)

    def send(self, request: OutgoingRequest) -> Response:
        """Send a request as it is."""
        return self.caller.send(self.check, request)

    def given(self, operation: str, parameters: Any = None, **more: Any) -> Any:
        """The value of a response that the conversation needs first; it ends without one."""
        response = self.call(operation, parameters, **more)
        if not response.is_success:
            raise SetupFailedError(f"{operation} was answered with {response.status}")
        return response.value

    def accepted(self, what: str, operation: str, parameters: Any = None, **more: Any) -> Any:
        """The value of a response that must be a success; the conversation ends without one."""
        response = self.call(operation, parameters, **more)
        if not response.is_success:
            self.report(operation, f"{what} was answered with {response.status}")
            raise ConversationEndedError
        return response.value

    def rejected(self, what: str, response: Response, operation: str = "") -> bool:
        """Report a response that must be an error of the client and is none."""
        is_rejected = 400 <= response.status < 500
        if not is_rejected:
            self.report(
                operation or response.request.operation.id,
                f"{what} was answered with {response.status}",
            )
        return is_rejected

    # --- Findings ------------------------------------------------------------------------

    def require(self, holds: bool, operation: str, detail: str, *, field: str = "") -> None:
        """Report a detail of what is wrong, unless the rule holds."""
        if not holds:
            self.report(operation, detail, field=field)

    def report(self, operation: str, detail: str, *, field: str = "") -> None:
        """Report that the rule of the conversation is broken."""
        said = self.conversation
        found = at_place(self.spec, Rule(field, said.rule, detail), said.at)
        if said.sentence:
            found = replace(found, basis=said.basis, note=said.sentence)
        self.add(operation, found)

    def add(self, operation: str, rule: Rule) -> None:
        """Report that another rule is broken."""
        found = Finding(self.caller.provider.name, operation, self.conversation.name, "state", rule)
        self.caller.add(self.check, found)


def run_conversation(
    caller: Caller,
    conversation: Conversation,
    inputs: Mapping[str, str],
    subject: Mapping[str, Any],
) -> Check:
    """
    Run a conversation.

    Raises:
        CallError: there is no response.
    """
    check = Check(caller.provider.name, conversation.name)
    missing = [each for each in conversation.needs if each not in inputs]
    if missing:
        check.skipped = f"it needs {' and '.join(missing)}: --set {missing[0]}=…"
        return check
    started = time.perf_counter()
    try:
        conversation.run(Talk(caller, conversation, check, inputs, subject))
    except SetupFailedError as error:
        check.skipped = str(error)
    except ConversationEndedError:
        pass
    except (InvalidFieldsError, SettingError) as error:
        check.skipped = str(error)
    except UNREADABLE:
        check.skipped = ANOTHER_FORM
    check.seconds = time.perf_counter() - started
    return check
