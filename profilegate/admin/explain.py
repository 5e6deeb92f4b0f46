"""Explanations: why a request was rejected, in sentences and as facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from profilegate.admin import journal
from profilegate.admin.context import Admin
from profilegate.admin.exchanges import ExchangeView
from profilegate.admin.rule_places import Rule, lock_of, rule_of, scheme_of
from profilegate.admin.security_findings import finding_of
from profilegate.errors import ProfileUnknownError
from profilegate.openapi import Spec
from profilegate.openapi.messages import sentence
from profilegate.profile.times import shown_time
from profilegate.store import AccountKey, Event, profiles

NEAR_MIN: Final = 0.7
"""How like two paths are that a client may have mixed up; difflib's measure, we chose."""

EVENTS_READ_MAX: Final = 1000
"""The events of a profile among which the cause of a lock is looked for: the newest are not read
of a longer history. We chose it: a page of a hundred took a millisecond."""


@dataclass(slots=True, repr=False)
class Explanation:
    """
    Why a request was rejected.

    ``sentences`` say what happened and what to do, ``rules`` are the rules that it breaks, with
    their places, ``facts`` are texts by their names.
    """

    view: ExchangeView
    specs: Sequence[Spec]
    sentences: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def given(self) -> Mapping[str, Any]:
        """The facts that the error held."""
        return self.view.entry.facts


async def explain(admin: Admin, request_id: str, *, originals: bool = False) -> Explanation:
    """
    Explain an exchange.

    Raises:
        ExchangeUnknownError: it is not in the journal (any more).
        TestModeRequiredError: ``originals`` need test mode.
    """
    view = await journal.find(admin, request_id, originals=originals)
    served = [each.spec for each in admin.providers.values() if each.policy is not None]
    explanation = Explanation(view, served)
    error = view.entry.error
    if view.entry.failure is not None:
        explanation.sentences.append(f"{view.entry.failure.message}.")
    if error in _BY_ERROR:
        _BY_ERROR[error](explanation)
    if error == "FieldsLockedError":
        await _add_locks(admin, explanation)
    if error in SECURITY_ERRORS:
        name = "target as it was received" + ("" if view.shows_all else ", masked")
        explanation.facts[name] = view.target
        finding = await finding_of(admin, view)
        explanation.sentences += finding.sentences
        explanation.facts |= finding.facts
        if view.shows_all:
            explanation.facts |= finding.originals
    _add_rest(explanation)
    return explanation


SECURITY_ERRORS: Final = frozenset(
    """
    CredentialMissingError CredentialMalformedError CredentialUnknownError SignatureWrongError
    NonceNotIncreasingError
    """.split()
)
"""The errors of the provider's own security."""


def _add_rest(explanation: Explanation) -> None:
    """What is true of every exchange: what was ignored, and what is wrong with our response."""
    view = explanation.view
    if view.entry.outcome == "accepted":
        explanation.sentences.append("The request was accepted.")
    if view.entry.outcome == "unanswered":
        explanation.sentences.append("The client left before it got its response.")
    if ignored := view.unknown_fields():
        names = ", ".join(ignored)
        explanation.sentences.append(f"The spec does not know, so it was ignored: {names}.")
    known = {(each.field, each.rule) for each in explanation.rules}
    for violation in view.request_violations():
        if (violation.field, violation.rule) not in known:
            explanation.rules.append(rule_of(view, violation))
    for violation in view.response_violations():
        explanation.sentences.append(
            f"Our response breaks the spec: {violation.field or 'the body'} {sentence(violation)}."
        )


def _invalid_fields(explanation: Explanation) -> None:
    explanation.sentences.clear()
    for violation in explanation.view.request_violations():
        rule = rule_of(explanation.view, violation)
        explanation.rules.append(rule)
        explanation.sentences.append(f"{rule.detail}.")
        if violation.rule == "enum":
            values = ", ".join(str(each) for each in violation.limit if each is not None)
            explanation.facts[f"allowed values of {violation.field}"] = values


def _nonce(explanation: Explanation) -> None:
    last, window = explanation.given["last"], explanation.given["window"]
    if last is None:
        explanation.sentences.append("The key was revoked meanwhile.")
        return
    explanation.facts["last accepted nonce at that time"] = str(last)
    explanation.facts["window of the key"] = str(window)
    explanation.sentences.append(
        f"The last accepted nonce of this key was {last}"
        + (f", and its window is {window}: each nonce counts once." if window else ".")
    )
    explanation.sentences.append(
        "Send a larger one, and use a key of its own for each client or worker. An admin can reset "
        "the nonce of a key: `profilegate credentials reset-nonce`."
    )


def _media_type(explanation: Explanation) -> None:
    explanation.facts["media types that the operation reads"] = ", ".join(
        explanation.given["supported"]
    )
    explanation.facts["media type of the request"] = explanation.view.shown_media_type or "none"


def _credential(explanation: Explanation) -> None:
    rule = scheme_of(explanation.view.spec, str(explanation.given["name"]))
    if rule is not None:
        explanation.rules.append(rule)
    if explanation.view.entry.error == "CredentialUnknownError":
        explanation.sentences.append(
            "It was never issued, was revoked, has expired, or is one of another namespace; "
            "`profilegate credentials list` shows those that there are."
        )


def _path(explanation: Explanation) -> None:
    sent = explanation.view.entry.target.partition(b"?")[0].decode("latin-1").split("/")
    alike: dict[str, list[str]] = {}
    for operation in (each for spec in explanation.specs for each in spec.operations()):
        for path in operation.paths:
            # A parameter is as good as what was sent in its place.
            own = [
                sent[n] if segment.startswith("{") and n < len(sent) else segment
                for n, segment in enumerate(path.split("/"))
            ]
            alike.setdefault("/".join(own), []).append(f"{operation.method} {path}")
    near = get_close_matches("/".join(sent), alike, n=3, cutoff=NEAR_MIN)
    if near:
        explanation.facts["paths like it"] = ", ".join(
            each for path in near for each in alike[path]
        )


def _account(explanation: Explanation) -> None:
    explanation.sentences.append(
        "The account does not exist in this namespace, or it belongs to another tenant than the "
        "credential of the request; `profilegate accounts list` and `profilegate credentials list` "
        "show both."
    )


_BY_ERROR: Mapping[str, Callable[[Explanation], None]] = {
    "InvalidFieldsError": _invalid_fields,
    "NonceNotIncreasingError": _nonce,
    "MediaTypeUnsupportedError": _media_type,
    "CredentialMissingError": _credential,
    "CredentialMalformedError": _credential,
    "CredentialUnknownError": _credential,
    "PathUnknownError": _path,
    "AccountUnknownError": _account,
}


# --- Locks -------------------------------------------------------------------------------


async def _add_locks(admin: Admin, explanation: Explanation) -> None:
    """Which account locks the fields, in which state, since which event, and by which rule."""
    names = explanation.view.provider.mapping.field_names
    paths = [str(path).partition(":")[0] for path in explanation.given["paths"]]
    own = [names.get(path, path) for path in paths]
    explanation.facts["locked fields"] = ", ".join(own)
    for holder in explanation.given["holders"]:
        provider, external_id = str(holder["provider"]), str(holder["external_id"])
        account = f"{provider} account {external_id}"
        for path, value in holder["state"]:
            since = await _since(admin, AccountKey(admin.namespace, provider, external_id), path)
            if since is not None:
                explanation.sentences.append(
                    f"{account}: {path} is {value} since version {since.version} of the profile, "
                    f"{shown_time(since.at)}, by {since.origin.channel}"
                    + (f" ({since.origin.who})." if since.origin.who else ".")
                )
        if provider in admin.providers:
            found = [lock_of(admin.providers[provider].spec, path) for path in paths]
            explanation.rules += [rule for rule in found if rule is not None]


async def _since(admin: Admin, account: AccountKey, path: str) -> Event | None:
    """The last event that changed a field of an account's own."""
    try:
        profile = await admin.store.read(profiles.find_of, account)
        events = await admin.store.read(
            profiles.events, admin.namespace, profile.id, limit=EVENTS_READ_MAX
        )
    except ProfileUnknownError:
        return None
    changed = f"{account.provider}:{path}"
    return next((each for each in reversed(events) if changed in each.changes), None)


def document(explanation: Explanation) -> dict[str, Any]:
    """An explanation as the admin API and the command line show it."""
    entry = explanation.view.entry
    return {
        "id": entry.request_id,
        "provider": entry.provider,
        **({"operation": entry.operation} if entry.operation else {}),
        "outcome": entry.outcome,
        **({"status": entry.status} if entry.status else {}),
        **({"error": entry.error} if entry.error else {}),
        "sentences": explanation.sentences,
        "rules": [
            {name: value for name, value in asdict(rule).items() if value or name == "field"}
            for rule in explanation.rules
        ],
        "facts": [{"name": name, "value": text} for name, text in explanation.facts.items()],
    }
