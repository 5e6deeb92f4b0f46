"""Stock Connexion as an oracle: over a large corpus it and the gate refuse the same requests."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator

import pytest

from profilegate import passwords
from profilegate.serving.app import load_sources
from tests.oracle.asking import Asked, ask_both
from tests.oracle.corpus import PROVIDERS, corpus
from tests.oracle.differences import (
    FURTHER_ACCEPTANCES,
    FURTHER_REFUSALS,
    reason_to_accept,
    reasons_to_refuse,
)

CORPUS_SIZE_MIN = 5_000

OF_EACH_KIND_MIN = 1_000
"""Requests that both take, and requests that both refuse: else the corpus proves little."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Asked]]:
    """What both said to every request of the corpus."""
    # Stock logs every refusal, and its own faults with a traceback.
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        # Two hundred log in, and a password takes long to try out on purpose.
        patch.setattr(passwords, "COST", 2)
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
    specs = [load_sources()[name].spec for name in PROVIDERS]

    assert [list(corpus(spec)) for spec in specs] == [list(corpus(spec)) for spec in specs]


def test_the_corpus_is_large_and_meets_every_operation(asked: list[Asked]) -> None:
    """
    Every operation is called well and badly; thousands are taken and thousands refused by both.
    """
    operations = {
        (name, operation.id)
        for name in PROVIDERS
        for operation in load_sources()[name].spec.operations()
    }
    both = Counter((one.ours < 400, one.stock < 400) for one in asked)

    assert {(one.sent.spec, one.sent.operation) for one in asked} == operations
    assert len(asked) >= CORPUS_SIZE_MIN
    assert both[True, True] >= OF_EACH_KIND_MIN
    assert both[False, False] >= OF_EACH_KIND_MIN


def test_whatever_stock_refuses_is_refused(asked: list[Asked]) -> None:
    """
    The gate's compiled way lets nothing through that Connexion's own would stop, but for what is
    on the list: Connexion's known faults, and what its OpenAPI has no word for.
    """
    unlisted = [one for one in asked if one.is_further_acceptance and not reason_to_accept(one)]

    assert [] == shown(unlisted)


def test_whatever_else_is_refused_has_its_reason(asked: list[Asked]) -> None:
    """
    The gate refuses what Connexion takes for one of the listed reasons only, each fault by itself.
    """
    unlisted = [one for one in asked if one.is_further_refusal and not reasons_to_refuse(one)]

    assert [] == shown(unlisted)


def test_every_listed_difference_is_met(asked: list[Asked]) -> None:
    """
    An entry that no request needs any more would hide the next mistake.
    """
    refusing: set[str] = set()
    for one in asked:
        if one.is_further_refusal:
            refusing |= reasons_to_refuse(one) or set()
    accepting = {reason_to_accept(one) for one in asked if one.is_further_acceptance}

    assert set() == FURTHER_REFUSALS.keys() - refusing
    assert set() == FURTHER_ACCEPTANCES.keys() - accepting


def test_the_gate_breaks_at_nothing(asked: list[Asked]) -> None:
    """
    Never a 500 for anything that a caller can send; stock answers it several times.
    """

    assert [] == shown([one for one in asked if one.ours >= 500])
    assert [one for one in asked if one.stock >= 500]
