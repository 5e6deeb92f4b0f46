"""The authentication matrix: every operation with every form of a wrong credential."""

import http.client
import itertools
import re
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from profilegate.errors import (
    AccountUnknownError,
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
    HeaderRepeatedError,
    NonceNotIncreasingError,
    ParameterRepeatedError,
    ProfilegateError,
    SignatureWrongError,
)
from profilegate.gateway.provider import Provider
from profilegate.http.security import compile_security
from profilegate.openapi import Node, Operation, Spec
from profilegate.store import DEFAULT_NAMESPACE, CredentialKey, credentials
from tests.clients import NAVIXY_USER
from tests.running_gateway import Response, RunningGateway
from tests.torture.hostile_requests import Draft, valid_drafts
from tests.torture.presented import PRESENTATIONS, Issued, Presentation, issue_all, presentations
from tests.torture.results import Result
from tests.torture.statements import traced
from tests.torture.wrong_credentials import NONCE, placed, texts_for, wrong_requests

ADMIN_TOKEN = "Torture-admin-token-of-32-letters"

NAMED_ERRORS: Sequence[Callable[[str], ProfilegateError]] = (
    CredentialMissingError,
    CredentialMalformedError,
    CredentialUnknownError,
    ParameterRepeatedError,
    HeaderRepeatedError,
)


@dataclass(frozen=True, slots=True)
class Target:
    """One method at one path of an operation that needs a credential."""

    provider: Provider
    operation: Operation
    plain: Draft
    """A valid request, without a credential."""

    @property
    def schemes(self) -> frozenset[str]:
        """The security schemes that the operation names."""
        everywhere: list[Node] = self.provider.spec.document.get("security", [])
        requirements: list[Node] = self.operation.node.get("security", everywhere)
        return frozenset(name for requirement in requirements for name in requirement)

    def __str__(self) -> str:
        return f"{self.plain.method} {self.plain.path}"


@dataclass(slots=True)
class Outcome:
    """What became of the requests."""

    targets: int = 0
    requests: int = 0
    accepted: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Responses that are not the provider's own for a wrong credential."""
    rejected: list[str] = field(default_factory=list)
    """Valid credentials that were rejected: then the rest shows nothing."""
    stored: int = 0
    unequal: int = 0
    """Providers at which a known identity costs the store other work than an unknown one."""
    forms: set[str] = field(default_factory=set)


def targets(provider: Provider, *, all_paths: bool = True) -> Iterator[Target]:
    """Every method at every path of every operation that needs a credential."""
    names = credential_names(provider.spec)
    for operation in provider.spec.operations():
        if compile_security(provider, operation) is None:
            continue
        drafts = list(valid_drafts(provider.spec, operation))
        draft = next((each for each in drafts if isinstance(each.body, dict)), drafts[0])
        draft.is_authenticated = False
        if isinstance(draft.body, dict):
            draft.body = {name: each for name, each in draft.body.items() if name not in names}
        for path in operation.paths if all_paths else operation.paths[:1]:
            for method in operation.methods:
                plain = replace(
                    draft, method=method, path=draft.path if path == operation.paths[0] else path
                )
                yield Target(provider, operation, plain)


@cache
def rejections(provider: Provider) -> frozenset[tuple[int, str, bytes]]:
    """The provider's error responses to wrong credentials: status, media type, body."""
    errors: list[ProfilegateError] = [SignatureWrongError(), NonceNotIncreasingError()]
    errors += [kind(name) for kind in NAMED_ERRORS for name in credential_names(provider.spec)]
    responses = map(provider.to_error_response, errors)
    return frozenset((each.status, each.media_type, each.body) for each in responses)


def credential_names(spec: Spec) -> set[str]:
    """The names that an error may give to a credential: of its header, or a field in it."""
    names = {"Authorization"}
    for scheme in spec.document["components"]["securitySchemes"].values():
        names |= {scheme.get("name", "Authorization")}
        names |= set(re.findall(r"\w+(?==<)", scheme["description"]))
    return names


def send(running: RunningGateway, draft: Draft) -> Response:
    """Send a request on a connection of its own, byte for byte."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
        connection.sendall(draft.bytes())
        with http.client.HTTPResponse(connection, method=draft.method) as response:
            response.begin()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Response(response.status, headers, response.read())


def attack(running: RunningGateway, *, all_paths: bool) -> Outcome:
    """Send every wrong credential to every operation, then a good one."""
    running.gateway.admin_token = ADMIN_TOKEN
    issued = issue_all(running, ADMIN_TOKEN)
    outcome = Outcome()
    every = {
        name: list(targets(provider, all_paths=all_paths))
        for name, provider in running.providers.items()
    }
    for name, its_targets in every.items():
        # The nonce is used up, so that an equal one is old.
        reads = [each for each in its_targets if each.plain.method == "GET"]
        send(running, good_request((reads or its_targets)[0], issued[name].good, NONCE))
    before = all_rows(running)
    for name, its_targets in every.items():
        attack_provider(running, outcome, name, its_targets, issued)
        outcome.unequal += knows_by_work(running, its_targets, issued[name])
    after = all_rows(running)
    outcome.stored = sum(before[table] != after[table] for table in before)
    for name, its_targets in every.items():
        send_good_ones(running, outcome, its_targets, issued[name])
    running.gateway.admin_token = None
    for target in every["profiles"]:
        request = good_request(target, issued["profiles"].good, NONCE)
        judge(outcome, f"{target}: no token is set", send(running, request), target)
    return outcome


def attack_provider(
    running: RunningGateway,
    outcome: Outcome,
    name: str,
    its_targets: Sequence[Target],
    issued: Mapping[str, Issued],
) -> None:
    """Send every wrong credential to every operation of a provider."""
    for target in its_targets:
        outcome.targets += 1
        for form, draft in wrong_requests(name, target.plain, target.schemes, issued):
            outcome.forms.add(f"{name}: {form}")
            judge(outcome, f"{target}: {form}", send(running, draft), target)
        stranger = issued[name].stranger
        if stranger is not None and "{" in target.operation.paths[0]:
            outcome.forms.add(f"{name}: of another tenant")
            nonce = str(int(NONCE) + outcome.requests)
            request = good_request(target, stranger, nonce)
            response = send(running, request)
            unknown = target.provider.to_error_response(AccountUnknownError())
            outcome.requests += 1
            if unknown.status != response.status:
                outcome.accepted.append(f"{target}: of another tenant")


def good_request(target: Target, shown: Mapping[str, str], nonce: str, place: str = "") -> Draft:
    """The request with a credential that is right in form."""
    presentation = PRESENTATIONS[target.provider.name]
    texts = texts_for(presentation, shown, target.plain, target.schemes, nonce)
    return placed(presentation, target.plain, place or next(iter(presentation.places)), texts)


def send_good_ones(
    running: RunningGateway, outcome: Outcome, its_targets: Sequence[Target], issued: Issued
) -> None:
    """Send each request with a good credential, in each place: it must not be rejected for it."""
    nonces = itertools.count(10**9)
    for target in its_targets:
        for presentation, place in _ways(target):
            nonce = str(next(nonces))
            good = new_session(running) if needs_session(target) else issued.good
            texts = texts_for(presentation, good, target.plain, target.schemes, nonce)
            response = send(running, placed(presentation, target.plain, place, texts))
            if target.plain.method != "HEAD" and is_rejection(response, target):
                outcome.rejected.append(f"{target} ({place}): {response.status}")


def needs_session(target: Target) -> bool:
    """Whether Navixy takes an API key for no credential: it has nothing to end or to prolong."""
    ends = ("/user/logout", "/user/session/renew")
    return target.provider.name == "navixy" and target.plain.path.rstrip("/").endswith(ends)


def new_session(running: RunningGateway) -> Mapping[str, str]:
    """A session of Navixy's: a credential that ends."""
    key = CredentialKey(DEFAULT_NAMESPACE, "navixy", "hash", secrets.token_hex(16))
    running.put_credential(key.provider, key.kind, key.text, external_id=NAVIXY_USER)
    end = running.clock() + timedelta(days=1)
    running.run(running.store.write(credentials.renew, key, end))
    return {"hash": key.text}


def _ways(target: Target) -> Iterator[tuple[Presentation, str]]:
    """Every documented place of every credential."""
    for presentation in presentations(target.provider.name, target.schemes):
        for place in presentation.places:
            yield presentation, place


def knows_by_work(running: RunningGateway, its_targets: Sequence[Target], issued: Issued) -> bool:
    """Whether the store's work tells a known identity, with a wrong secret, from an unknown one."""
    target = next((each for each in its_targets if each.plain.method == "GET"), its_targets[0])
    presentation = PRESENTATIONS[target.provider.name]
    good = texts_for(presentation, issued.good, target.plain, target.schemes, str(10**12))
    wrong = {name: text[:-1] + ("1" if text[-1] == "0" else "0") for name, text in good.items()}
    known = {**wrong, **{name: good[name] for name in presentation.identities}}
    place = next(iter(presentation.places))
    found: list[list[str]] = []
    for texts in (wrong, known):
        with traced(running.store) as statements:
            send(running, placed(presentation, target.plain, place, texts))
        found.append([each.partition(" WHERE ")[0] for each in statements])
    return found[0] != found[1]


def judge(outcome: Outcome, what: str, response: Response, target: Target) -> None:
    """Whether a response rejects a credential in the provider's way."""
    outcome.requests += 1
    if response.status < 400:
        outcome.accepted.append(f"{target.provider.name} {what}: {response.status}")
    elif not is_rejection(response, target):
        outcome.wrong.append(f"{target.provider.name} {what}: {response}")


def is_rejection(response: Response, target: Target) -> bool:
    """Whether a response is one of the provider's for wrong credentials; HEAD has no body."""
    shown = (response.status, response.headers.get("content-type", ""), response.body)
    known = rejections(target.provider)
    if target.plain.method == "HEAD":
        return shown[:2] in {each[:2] for each in known} and not response.body
    return shown in known


def all_rows(running: RunningGateway) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    with closing(running.raw_database()) as database:
        return {
            name: database.rows(f"SELECT * FROM {name} ORDER BY 1, 2") for name in database.tables()
        }


def run(folder: Path, backend: str) -> Result:
    """The matrix, at a gateway in this process: its clock and its store are at hand."""
    running = RunningGateway(folder, on_postgresql=backend == "postgresql")
    try:
        outcome = attack(running, all_paths=True)
    finally:
        running.stop()
    result = Result(
        "Wrong credentials",
        f"{outcome.requests:,} requests: {outcome.targets} methods and paths (all operations of "
        f"all specs that need a credential, also their other paths and HEAD), each with every form "
        f"of wrong credential ({len(outcome.forms)} of all providers together): missing, changed, "
        "misplaced, sent twice, of another provider, tenant or namespace, revoked, replaced, "
        "expired, of an erased profile; signed for another request, or with an old or malformed "
        "nonce. Then each request with a good one.",
        not_shown="guessed secrets, which the lockouts bound; another method under the same "
        "signature, which Kraken's algorithm does not cover (its nonce does); the case of Navixy's "
        "hash, which is hexadecimal.",
    )
    for what in (*outcome.accepted[:10], *outcome.wrong[:10], *outcome.rejected[:10]):
        print(f"  {what}")
    result.count("accepted", len(outcome.accepted))
    result.count("responses other than the provider's own", len(outcome.wrong))
    result.count("tables changed", outcome.stored)
    result.count(
        "providers at which the store's work tells known ids from unknown ones", outcome.unequal
    )
    result.count("good credentials rejected", len(outcome.rejected))
    return result
