"""The running gateway: the state that all of its provider APIs share."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from profilegate.gateway.counts import Counts, OwnCounts
from profilegate.gateway.journal import STORE_AFTER_SECONDS, Journal
from profilegate.gateway.lockouts import Lockouts
from profilegate.gateway.login_pool import LoginPool
from profilegate.gateway.metrics import Metrics
from profilegate.gateway.peers import Network
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.openapi import Spec
from profilegate.profile.mapping import ProfileMapping
from profilegate.profile.times import utc_now
from profilegate.store import Store, namespaces


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProviderDescription:
    """A provider as data: its spec, its mapping to the profile, its accounts.

    ``policy`` is None for an API without accounts of its own (our admin API). ``new_login`` finds
    the login that the body of an update asks for; None if no update asks for one. ``messages`` are
    the descriptors of its protobuf messages; empty if it has none.
    """

    spec: Spec
    mapping: ProfileMapping
    policy: AccountPolicy | None = None
    new_login: Callable[[Any], str | None] | None = None
    messages: bytes = b""

    @property
    def name(self) -> str:
        """The provider's name, that of its spec: ``kraken``."""
        return self.spec.name


@dataclass(slots=True)
class Gateway:
    """One running gateway.

    ``public_url`` is the base of links in mails; ``limits_rates`` is whether providers' rate limits
    apply; ``now`` is its clock. ``admin_token`` authenticates callers of the admin API, which
    rejects every request if it is None; it is a setting, so that no database holds it.
    ``trusted_proxies`` may name a client's address. ``test_mode`` permits what only tests need.
    ``is_demo``: it has the demo data, whose secrets are public, so that its pages may show them.
    ``journal`` keeps the last exchanges of each namespace; None keeps none. ``counts`` is where it
    counts requests and failures. ``is_stopping``: the
    server shuts down, so a load balancer should send no more. ``sends_mails``: it has a mail
    server. ``root_path`` is the prefix of all paths behind a proxy, ``signed_path`` (SIGNED_PATHS)
    whether clients sign it. ``metrics`` count what it does; who has ``metrics_token`` may read
    them.
    """

    store: Store
    public_url: str
    limits_rates: bool = True
    trusted_proxies: tuple[Network, ...] = ()
    test_mode: bool = False
    is_demo: bool = False
    now: Callable[[], datetime] = utc_now
    admin_token: str | None = field(default=None, repr=False)
    has_namespaces: bool = False
    providers: Mapping[str, ProviderDescription] = field(default_factory=dict)
    lockouts: Lockouts = field(default_factory=Lockouts, repr=False)
    login_pool: LoginPool = field(default_factory=LoginPool, repr=False)
    journal: Journal | None = field(default=None, repr=False)
    counts: Counts = field(default_factory=OwnCounts, repr=False)
    is_stopping: bool = False
    root_path: str = ""
    signed_path: str = "either"
    sends_mails: bool = False
    metrics: Metrics | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)

    async def flush_journal(self) -> None:
        """Store what this process still has in memory."""
        if self.journal is not None:
            await self.journal.complete(self.store)

    async def complete_journal(self, *, own: int = 0) -> None:
        """
        Store what a reader is to see, who has ``own`` requests in progress.

        Other workers store what they have by themselves, within the time that a reader waits.
        """
        if self.journal is not None:
            await self.journal.complete(self.store, own=own)
            if self.counts.is_shared:
                await asyncio.sleep(2 * STORE_AFTER_SECONDS)

    @property
    def finds_namespaces(self) -> bool:
        """
        Whether a credential may belong to another namespace than the default one.

        Only then is an unknown one looked for twice: else the work for an unknown one would differ
        from that for a known one, in time too.
        """
        return self.test_mode or self.has_namespaces or self.counts.is_shared

    async def refresh(self) -> None:
        """Read what other processes may have changed: the locks, and whether there are namespaces;
        a server calls it at intervals."""
        self.has_namespaces = await self.store.read(namespaces.any_exists)
        await self.lockouts.refresh(self.store, self.now())
