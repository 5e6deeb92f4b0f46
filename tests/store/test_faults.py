"""Scripted faults in the store: counted by all processes together, sealed, in an order."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from profilegate.errors import FaultUnknownError
from profilegate.store import DEFAULT_NAMESPACE, Store, faults
from profilegate.store.faults import Effect, Fault, HeaderMatch, Match
from profilegate.store.vault import mark_of
from tests.raw_database import RawDatabase
from tests.store.conftest import in_a_file
from tests.store.people import read, run, write

SECRET = "a header that must not be readable"

FAULT = Fault(provider="kraken", effect=Effect(status=503))


def add(store: Store, fault: Fault, namespace: str = DEFAULT_NAMESPACE) -> Fault:
    """Script a fault."""
    return write(store, faults.put, namespace, fault)


@pytest.mark.parametrize(
    ("fault", "affected"),
    [
        (Fault(provider="kraken", effect=Effect(status=503), times=5), 5),
        (Fault(provider="kraken", effect=Effect(status=503), match=Match(nth=7), times=1), 1),
    ],
    ids=["so many requests", "the nth request"],
)
def test_processes_count_requests_together(
    open_store: Callable[[], Store], fault: Fault, affected: int
) -> None:
    """
    "Counting down `times` and `nth call` is atomic over processes": 40 requests at the same time at
    two gateways find the fault as often as it says.
    """
    stores = [open_store(), open_store()]
    added = add(stores[0], fault)

    async def count_all() -> list[Fault | None]:
        calls = (
            store.write(faults.count_call, DEFAULT_NAMESPACE, [added.id])
            for _ in range(20)
            for store in stores
        )
        return await asyncio.gather(*calls)

    hits = [hit for hit in run(count_all()) if hit is not None]

    assert affected == len(hits)
    assert [] == read(stores[1], faults.find_all, DEFAULT_NAMESPACE)


def test_a_fault_that_affects_a_request_hides_it_from_the_next_one(store: Store) -> None:
    """
    Two faults with one request each are a script of two responses.
    """
    first, second = (add(store, fault).id for fault in (Fault("a", Effect(), times=1),) * 2)
    hits = [write(store, faults.count_call, DEFAULT_NAMESPACE, [first, second]) for _ in range(3)]

    assert [first, second, None] == [hit and hit.id for hit in hits]


@in_a_file
def test_a_fault_is_sealed(open_store: Callable[[], Store], tmp_path: Path) -> None:
    """
    What a test compares may be personal: a name, a credential.
    """
    store = open_store()
    added = add(store, Fault("kraken", Effect(), match=Match(headers=(HeaderMatch("a", SECRET),))))
    files = b"".join(path.read_bytes() for path in tmp_path.glob("profiles.db*"))

    assert SECRET.encode() not in files
    assert SECRET not in repr(added)
    assert [added] == read(store, faults.find_all, DEFAULT_NAMESPACE)


def test_a_rotation_seals_faults_again(store: Store, raw: RawDatabase) -> None:
    """
    After a rotation the old root key is gone, and no value of it remains.
    """
    added = [add(store, FAULT), add(store, FAULT, "other")]
    rotated = run(store.rotate_master_key(lambda _, __: None))
    marks = raw.rows("SELECT DISTINCT substr(sealed, 1, 1) FROM faults")

    assert [(mark_of(2),)] == marks
    assert (0, 2) == (rotated.damaged, rotated.rows)
    assert added[1:] == read(store, faults.find_all, "other")


def test_the_audit_finds_a_damaged_fault(store: Store, raw: RawDatabase) -> None:
    """
    The row of another fault does not open in its place.
    """
    one, other = add(store, FAULT), add(store, FAULT)
    raw.run(
        "UPDATE faults SET sealed = (SELECT sealed FROM faults WHERE id = ?) WHERE id = ?",
        (one.id, other.id),
    )
    (damage,) = run(store.audit(DEFAULT_NAMESPACE)).damaged

    assert ("faults", f"default {other.id}", "a sealed value does not open") == (
        damage.table,
        damage.row,
        damage.what,
    )


def test_faults_of_another_namespace_are_not_there(store: Store) -> None:
    """
    "Scripted faults per namespace": not listed, not counted, not removed.
    """
    added = add(store, FAULT, "other")

    assert [] == read(store, faults.find_all, DEFAULT_NAMESPACE)
    assert write(store, faults.count_call, DEFAULT_NAMESPACE, [added.id]) is None
    assert 0 == write(store, faults.remove_all, DEFAULT_NAMESPACE)
    with pytest.raises(FaultUnknownError):
        write(store, faults.remove, DEFAULT_NAMESPACE, added.id)
    assert [added] == read(store, faults.find_all, "other")
