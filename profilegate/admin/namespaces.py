"""Namespace actions: create, list, clear and drop them, set their clocks, take snapshots."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from profilegate.admin.context import Admin
from profilegate.admin.validation import reject_invalid
from profilegate.errors import Violation
from profilegate.store import Session, Store, journal, namespaces, snapshots
from profilegate.store.namespace_store import NamespaceStore
from profilegate.store.namespaces import NamespaceInfo

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What a header, a path and a shell take as it is; a test's name fits after its other characters
are replaced. We chose."""

SEED_LENGTH_MAX = 200

CLOCK_MAX = datetime(9000, 1, 1, tzinfo=UTC)
"""The latest time of a clock. We chose: what expires later than that still has a time."""


async def create(admin: Admin, name: str, *, seed: str | None = None) -> Admin:
    """
    Create an empty namespace; return an admin who acts in it.

    Its ids and tokens come from the ``seed``, if it has one: the same again for the same name,
    seed and calls.

    Raises:
        InvalidFieldsError: the name or the seed breaks its rule.
        NamespaceExistsError, NamespaceLimitExceededError: as ``namespaces.create``.
        TestModeRequiredError: there is a seed, and the gateway is not in test mode.
    """
    violations = []
    if NAME.fullmatch(name) is None:
        violations.append(Violation(("namespace",), "pattern", NAME.pattern))
    if seed is not None and not 0 < len(seed) <= SEED_LENGTH_MAX:
        violations.append(Violation(("seed",), "maxLength", SEED_LENGTH_MAX))
    reject_invalid(violations)
    if seed is not None:
        admin.require_test_mode()
    await admin.store.write(_create, name, seed, is_for_tests=admin.test_mode)
    return await inside(admin, name)


def _create(session: Session, name: str, seed: str | None, *, is_for_tests: bool) -> None:
    namespaces.create(session, name, seed)
    if is_for_tests:
        snapshots.take(session, name, snapshots.INITIAL)


async def keep_initial(store: Store, name: str) -> None:
    """Take the snapshot for a reset; a namespace that has data already has it, or never gets it."""
    await store.write(snapshots.take, name, snapshots.INITIAL)


async def inside(admin: Admin, name: str) -> Admin:
    """
    An admin who acts in a namespace, by its clock and its seed.

    Raises:
        NamespaceUnknownError: there is no such namespace.
    """
    clock = await admin.store.read(namespaces.clock, name)
    own = NamespaceStore(admin.store, clock) if clock.is_own and admin.test_mode else admin.store
    return replace(admin, store=own, namespace=name, now=own.now)


async def page(admin: Admin, *, after: str | None = None, limit: int) -> list[NamespaceInfo]:
    """Namespaces in the order of their names, the default one first."""
    return await admin.store.read(namespaces.page, after=after, limit=limit)


async def get(admin: Admin, name: str) -> NamespaceInfo:
    """
    The facts of a namespace.

    Raises:
        NamespaceUnknownError: there is no such namespace.
    """
    return await admin.store.read(namespaces.find, name)


async def drop(admin: Admin, name: str) -> None:
    """
    Delete a namespace and everything in it.

    Raises:
        NamespaceUnknownError: there is no such namespace. The default one cannot be dropped.
    """
    # What this process still has would be in the next namespace of this name.
    await admin.complete_journal()
    await admin.store.write(namespaces.drop, name)


async def set_clock(
    admin: Admin,
    name: str,
    *,
    to: datetime | None = None,
    forward: timedelta = timedelta(),
    is_frozen: bool | None = None,
) -> NamespaceInfo:
    """
    Set a namespace's clock to a time or forward by some time; let it stand still or run on.

    Everything follows it: pending logins, tokens, sessions, lockouts, rate limits and histories.

    Raises:
        NamespaceUnknownError, ClockBackwardsError: as ``namespaces.set_clock``.
        InvalidFieldsError: the time would be after CLOCK_MAX.
        TestModeRequiredError: the gateway is not in test mode.
    """
    admin.require_test_mode()
    start = to or (await inside(admin, name)).now()
    if forward > CLOCK_MAX - start:
        field = "forward_seconds" if forward else "to"
        reject_invalid([Violation((field,), "maximum", f"{CLOCK_MAX:%Y-%m-%d}, as a time")])
    return await admin.store.write(
        namespaces.set_clock, name, to=to, forward=forward, is_frozen=is_frozen
    )


async def take_snapshot(admin: Admin, name: str, snapshot: str) -> None:
    """
    Keep a namespace as it is now, under the name of a snapshot; an older one of it is replaced.

    Raises:
        InvalidFieldsError: the name of the snapshot breaks its rule.
        NamespaceUnknownError, NamespaceLimitExceededError: as ``snapshots.take``.
        TestModeRequiredError: the gateway is not in test mode.
    """
    admin.require_test_mode()
    if NAME.fullmatch(snapshot) is None:
        reject_invalid([Violation(("snapshot",), "pattern", NAME.pattern)])
    if snapshot == snapshots.INITIAL:
        reject_invalid([Violation(("snapshot",), "reserved", snapshots.INITIAL)])
    await admin.store.write(snapshots.take, name, snapshot)


async def restore_snapshot(admin: Admin, name: str, snapshot: str) -> None:
    """
    Make a namespace what it was when a snapshot was taken; its clock goes on.

    Raises:
        NamespaceUnknownError, SnapshotUnknownError: there is no such namespace or snapshot.
        TestModeRequiredError: the gateway is not in test mode.
    """
    admin.require_test_mode()
    await admin.store.write(snapshots.restore, name, snapshot)


async def reset(admin: Admin, name: str) -> None:
    """
    Make a namespace what it was after its creation, with the data of its seed file and an empty
    journal.

    Raises:
        NamespaceUnknownError, SnapshotUnknownError: there is no such namespace, or it was not
            created with an initial snapshot.
        TestModeRequiredError: the gateway is not in test mode.
    """
    await restore_snapshot(admin, name, snapshots.INITIAL)
    await admin.store.write(journal.clear, name)


async def snapshot_names(admin: Admin, name: str) -> list[str]:
    """
    The names of a namespace's snapshots.

    Raises:
        NamespaceUnknownError: there is no such namespace.
    """
    return await admin.store.read(snapshots.names, name)
