"""Validation of seeds: every violation at once, by the rules of the form and of each provider."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from secrets import token_bytes
from typing import Any

from profilegate.admin.credentials import HOLDER_NAMES
from profilegate.admin.seed_schema import own_paths, properties_at, validate_form
from profilegate.admin.validation import (
    own_field_violations,
    password_violations,
    shared_violations,
    type_violations,
)
from profilegate.errors import Violation
from profilegate.gateway.gateway import ProviderDescription
from profilegate.gateway.provisioning import AccountPolicy, Holder
from profilegate.profile.fields import ACCOUNT_LOGIN

Place = tuple[str | int, ...]

Served = Mapping[str, tuple[ProviderDescription, AccountPolicy]]


def seed_violations(document: Any, providers: Mapping[str, ProviderDescription]) -> list[Violation]:
    """The violations of a seed, for the providers that are served."""
    violations = [each for found in validate_form()(document) for each in _named(document, found)]
    if violations:
        return violations
    served = {name: (each, each.policy) for name, each in providers.items() if each.policy}
    return [
        each
        for at, found in _checked(document, served)
        for each in (
            Violation((*at, *violation.at), violation.rule, violation.limit) for violation in found
        )
    ]


def _named(document: Any, found: Violation) -> Iterator[Violation]:
    """One violation of the form; one for each name that an object may not have."""
    if found.rule != "additionalProperties":
        yield found
        return
    for step in found.at:
        document = document[step]
    known = properties_at(found.at)
    for name in document:
        if name not in known:
            yield Violation((*found.at, name), "unexpected", _similar(name, known))


def _checked(document: Any, served: Served) -> Iterator[tuple[Place, list[Violation]]]:
    for number, credential in enumerate(document.get("credentials", ())):
        yield ("credentials", number), list(_credential(credential, served))
    for number, person in enumerate(document.get("people", ())):
        at: Place = ("people", number)
        shared = person.get("fields", {})
        yield (*at, "fields"), [*_nulls(shared), *shared_violations(shared)]
        for place, account in enumerate(person.get("accounts", ())):
            yield (*at, "accounts", place), list(_account(account, served))


def _credential(credential: Any, served: Served) -> Iterator[Violation]:
    if credential["provider"] not in served:
        yield _not_served(served)
        return
    _, policy = served[credential["provider"]]
    yield from _held(credential, policy, "tenant", "nobody")
    kinds = {each.kind: each.holder for each in policy.issuers if each.holder != "account"}
    kind = credential.get("kind", next(iter(kinds), None))
    if "tenant" in credential and kinds.get(kind) == "nobody":
        yield Violation(("tenant",), "tenantless")


def _account(account: Any, served: Served) -> Iterator[Violation]:
    if account["provider"] not in served:
        yield _not_served(served)
        return
    provider, policy = served[account["provider"]]
    pattern = policy.external_id
    if "id" in account and not pattern.fullmatch(policy.normalize(account["id"])):
        yield Violation(("id",), "pattern", f"^{pattern.pattern}$")
    if "tenant" in account and not policy.has_tenant:
        yield Violation(("tenant",), "tenantless")
    if "password" in account:
        yield from password_violations(policy.password, account["password"])
    for place, credential in enumerate(account.get("credentials", ())):
        for each in _held(credential, policy, "account"):
            yield Violation(("credentials", place, *each.at), each.rule, each.limit)
    for each in _own_fields(account.get("fields", {}), provider, policy):
        yield Violation(("fields", *each.at), each.rule, each.limit)


def _own_fields(
    own: Mapping[str, Any], provider: ProviderDescription, policy: AccountPolicy
) -> Iterator[Violation]:
    known = own_paths(provider, policy)
    yield from _nulls(own)
    for path in own:
        if path not in known:
            yield Violation((path,), "unexpected", _similar(path, known))
    for path, default in policy.default_fields.items():
        # A login is generated.
        if default is None and path not in own and path != ACCOUNT_LOGIN:
            yield Violation((path,), "required")
    yield from type_violations(own, policy.field_types)
    yield from own_field_violations(provider, own)


def _nulls(fields: Mapping[str, Any]) -> list[Violation]:
    return [Violation((path,), "null") for path, value in fields.items() if value is None]


def _held(credential: Any, policy: AccountPolicy, *holders: Holder) -> Iterator[Violation]:
    """The violations of a credential that such holders have."""
    issuers = {each.kind: each for each in policy.issuers if each.holder in holders}
    kind = credential.get("kind", next(iter(issuers), None))
    if kind is None:
        held_by = {HOLDER_NAMES[each.holder]: None for each in policy.issuers}
        yield Violation(("provider",), "own_holder", " or ".join(held_by) or "nobody")
        return
    if kind not in issuers:
        yield Violation(("kind",), "enum", tuple(issuers))
        return
    secret = [each for each in ("secret", "secret_base64") if each in credential]
    if len(secret) > 1:
        yield Violation((secret[1],), "beside", secret[0])
    needs_secret = issuers[kind].issue(token_bytes).secret is not None
    if "text" in credential and needs_secret and not secret:
        yield Violation(("secret",), "required")
    if secret and ("text" not in credential or not needs_secret):
        rule = "paired" if needs_secret else "secretless"
        yield Violation((secret[0],), rule, "text")


def _not_served(served: Served) -> Violation:
    return Violation(("provider",), "enum", tuple(served))


def _similar(name: str, known: Any) -> Any:
    """The name that was probably meant, or all of them."""
    close = get_close_matches(name, known, n=1)
    return close[0] if close else tuple(known)
