"""Checks of one exchange: its request and its response against the spec, without a server."""

from collections.abc import Iterable

from profilegate.admin.exchanges import ExchangeView
from profilegate.admin.rule_places import Rule
from profilegate.contract.checked import Checked
from profilegate.contract.matching import Match
from profilegate.contract.recorded import Recorded
from profilegate.contract.request_checks import RequestChecks
from profilegate.contract.response_checks import ResponseChecks
from profilegate.errors import MethodNotAllowedError
from profilegate.gateway.provider import Provider
from profilegate.media.protobuf import Messages


class ExchangeChecker:
    """The compiled checks of some providers."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._requests: dict[str, RequestChecks] = {}
        self._responses: dict[str, ResponseChecks] = {}
        for each in providers:
            messages = Messages(each.spec, each.messages)
            self._requests[each.name] = RequestChecks(each, messages)
            self._responses[each.name] = ResponseChecks(each, messages)

    def check(self, recorded: Recorded, match: Match) -> Checked:
        """Check a request and its response."""
        checked = self.check_request(recorded, match)
        if recorded.status:
            self._responses[match.provider.name].check(checked)
        return checked

    def check_request(self, recorded: Recorded, match: Match) -> Checked:
        """Check a request alone."""
        operation = match.operation
        name = match.provider.name
        entry = recorded.entry(name, "" if operation is None else operation.id, match.path)
        checked = Checked(recorded, match, ExchangeView(match.provider, entry, shows_all=True))
        if operation is None:
            rule = Rule("", "method", f"{recorded.method} is no method of this path in the spec")
            checked.add("request", rule)
            checked.rejection = MethodNotAllowedError(match.methods)
        else:
            self._requests[name].check(checked, operation)
        return checked
