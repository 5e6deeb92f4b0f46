"""Stock Connexion as an oracle: over a large corpus it and the gateway reject the same requests."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from profilegate.gateway import passwords
from profilegate.gateway.loading import load_providers
from tests.differential.asking import Asked, ask_both
from tests.differential.corpus import PROVIDERS, corpus
from tests.differential.differences import (
    FURTHER_ACCEPTANCES,
    FURTHER_ERROR_RESPONSES,
    counts,
    reason_to_accept,
    reasons_to_reject,
)

CORPUS_SIZE_MIN = 6_000

OF_EACH_KIND_MIN = 1_000
"""Requests that both take, and requests that both reject: else the corpus proves little."""

TAKEN_OF_EACH_MIN = 5
"""Good calls of each operation that both take; the smallest takes no body and no parameter."""

SHARE_OF_GOOD_CALLS_MAX = 0.1
SHARE_OF_CORPUS_MAX = 0.05
"""Of one operation's good calls, and of all requests, what one reason may cover.

Above them a reason stands for so much that what it hides is no longer compared.
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Asked]]:
    """What both said to every request of the corpus."""
    # Stock logs every error response, and its own violations with a traceback.
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        # Two hundred log in, and a password takes long to try out on purpose.
        patch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
        patch.setattr(passwords, "UNKNOWN_LOGIN", passwords.digest_password("nobody's"))
        yield asyncio.run(ask_both(tmp_path_factory.mktemp("oracle")))
    logging.disable(logging.NOTSET)


def shown(asked: list[Asked]) -> list[str]:
    """Some requests, to be read in a failure."""
    return [
        f"{one.sent.operation}, {one.sent.what}: {one.sent.method} {one.sent.target} "
        f"{one.sent.media_type} {one.sent.body[:200]!r} -> ours {one.ours} ({one.error}), "
        f"stock {one.stock}"
        for one in asked[:20]
    ]


def test_the_corpus_is_always_the_same() -> None:
    """
    A difference that shows once and never again teaches nothing.
    """
    specs = [load_providers()[name].spec for name in PROVIDERS]

    assert [list(corpus(spec)) for spec in specs] == [list(corpus(spec)) for spec in specs]


def test_the_corpus_is_large_and_meets_every_operation(asked: list[Asked]) -> None:
    """
    Every operation is called well and badly; thousands are taken and thousands rejected by both.
    """
    operations = {
        (name, operation.id)
        for name in PROVIDERS
        for operation in load_providers()[name].spec.operations()
    }
    both = Counter((one.ours < 400, one.stock < 400) for one in asked)

    assert {(one.sent.spec, one.sent.operation) for one in asked} == operations
    assert len(asked) >= CORPUS_SIZE_MIN
    assert both[True, True] >= OF_EACH_KIND_MIN
    assert both[False, False] >= OF_EACH_KIND_MIN


def test_whatever_stock_rejects_is_rejected(asked: list[Asked]) -> None:
    """
    The gateway's compiled way lets nothing through that Connexion's own would stop, but for what is
    on the list: Connexion's known violations, and what its OpenAPI has no word for.
    """
    unlisted = [one for one in asked if one.is_further_acceptance and not reason_to_accept(one)]

    assert [] == shown(unlisted)


def test_whatever_else_is_rejected_has_its_reason(asked: list[Asked]) -> None:
    """
    The gateway rejects what Connexion takes for one of the listed reasons only, each violation
    by itself.
    """
    unlisted = [
        one for one in asked if one.is_further_error_response and not reasons_to_reject(one)
    ]

    assert [] == shown(unlisted)


def test_what_is_meant_well_is_taken_by_one_of_both(asked: list[Asked]) -> None:
    """
    What the corpus means well is so: were both to reject it, nothing would be compared.
    """
    rejected = [one for one in asked if one.sent.is_good and min(one.ours, one.stock) >= 400]

    assert [] == shown(rejected)


def test_of_every_operation_good_calls_are_taken_by_both(asked: list[Asked]) -> None:
    """
    An operation that stock always rejects, or that we always reject, would prove nothing.
    """
    taken = Counter(
        (one.sent.spec, one.sent.operation) for one in asked if max(one.ours, one.stock) < 400
    )
    operations = {(one.sent.spec, one.sent.operation) for one in asked}

    assert {} == {name: taken[name] for name in operations if taken[name] < TAKEN_OF_EACH_MIN}


def test_no_reason_hides_an_operation(asked: list[Asked]) -> None:
    """
    A reason that covered most good calls of an operation would excuse any mistake in it.
    """
    good_calls = [one for one in asked if one.is_good_call]
    totals = Counter((one.sent.spec, one.sent.operation) for one in good_calls)
    too_wide = {
        (*operation, reason): f"{count} of {totals[operation]} good calls"
        for operation, of_reasons in counts(good_calls).items()
        for reason, count in of_reasons.items()
        if count > totals[operation] * SHARE_OF_GOOD_CALLS_MAX
    }

    assert {} == too_wide


def test_no_reason_covers_much_of_the_corpus(asked: list[Asked]) -> None:
    """
    Good calls or bad: where one reason responses for hundreds, it wants to be split or narrowed.
    """
    count_of = sum(counts(asked).values(), Counter[str]())
    most = len(asked) * SHARE_OF_CORPUS_MAX

    assert {} == {reason: count for reason, count in count_of.items() if count > most}


def test_every_listed_difference_is_met(asked: list[Asked]) -> None:
    """
    An entry that no request needs any more would hide the next mistake.
    """
    rejecting: set[str] = set()
    for one in asked:
        if one.is_further_error_response:
            rejecting |= reasons_to_reject(one) or set()
    accepting = {reason_to_accept(one) for one in asked if one.is_further_acceptance}

    assert set() == FURTHER_ERROR_RESPONSES.keys() - rejecting
    assert set() == FURTHER_ACCEPTANCES.keys() - accepting


def test_the_gateway_breaks_at_nothing(asked: list[Asked]) -> None:
    """
    Never a 500 for anything that a caller can send; stock responds it several times.
    """

    assert [] == shown([one for one in asked if one.ours >= 500])
    assert [one for one in asked if one.stock >= 500]
