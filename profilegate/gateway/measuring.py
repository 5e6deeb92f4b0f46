"""Measuring: what a gateway reads of itself when Prometheus asks, and at intervals."""

from profilegate.gateway.gateway import Gateway
from profilegate.store import DEFAULT_NAMESPACE, outbox


async def measure(gateway: Gateway) -> None:
    """
    Count what waits, and set the gauges, of a gateway that has metrics.

    Raises:
        StoreUnavailableError: the outbox cannot be read; all other gauges are set.
    """
    metrics = gateway.metrics
    if metrics is None:
        return
    metrics.flush()
    metrics.measure_process()
    metrics.measure(gateway.store.gauges().items())
    now = gateway.now()
    metrics.measure(
        {
            "locks": sum(lock.until > now for lock in gateway.lockouts.locks.values()),
            "logins_waiting": gateway.login_pool.waiting,
            "journal_left_out": 0 if gateway.journal is None else gateway.journal.left_out,
        }.items()
    )
    if gateway.sends_mails:
        backlog = await gateway.store.read(outbox.backlog, DEFAULT_NAMESPACE)
        oldest = 0.0 if backlog.oldest is None else (now - backlog.oldest).total_seconds()
        metrics.measure(
            {
                "outbox_waiting": backlog.waiting,
                "outbox_oldest_seconds": max(0.0, oldest),
            }.items()
        )
