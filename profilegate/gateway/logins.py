"""Logins: checks a login and its password, at a bounded cost and within the lockouts."""

from datetime import timedelta

from profilegate.errors import LoginLockedError, LoginWrongError
from profilegate.gateway import passwords
from profilegate.gateway.call import Call
from profilegate.gateway.lockouts import Claim
from profilegate.store import credentials, lockouts, logins

PEER_KIND = "logins of a peer"
"""The kind for which failures with all logins from one peer count together (password spraying)."""

PEER_NOTED_AFTER = timedelta(days=1)
"""A login notes again that its peer is known at most once in this time."""


async def log_in(call: Call, login: str, password: str) -> str:
    """
    The external id of the account with this login and password.

    Raises:
        LoginWrongError: the login or the password is wrong; both take the same time.
        LoginLockedError: too many logins from this peer have failed.
        LoginQueueFullError: too many logins wait already.
    """
    await call.context.enter_that_of(logins.namespace_of, call.context.provider, login)
    guard = _Guard(call, login)
    await guard.reject_locked()
    pool, is_known = call.context.gateway.login_pool, await guard.is_known()
    async with pool.turn(call.request.client_left, is_known=is_known):
        # Those before it in the queue may have failed meanwhile.
        await guard.reject_locked()
        try:
            external_id = await _check(call, login, password)
        except LoginWrongError:
            await guard.count_failure()
            raise
    await guard.note_success()
    return external_id


async def _check(call: Call, login: str, password: str) -> str:
    context, store = call.context, call.context.store
    external_id = await store.read(logins.holder, context.namespace, context.provider, login)
    key = passwords.password_key(context.key(external_id or ""))
    stored = await store.read(credentials.find, key)
    secret = None if stored is None else stored.secret
    check = await context.gateway.login_pool.run(
        passwords.check_password, password, secret or passwords.UNKNOWN_LOGIN
    )
    if not check.is_right or secret is None or external_id is None:
        raise LoginWrongError
    if check.new_digest is not None:
        await store.write(credentials.replace_secret, key, old=secret, new=check.new_digest)
    return external_id


class _Guard:
    """
    The lockouts of one login: those of the login at its peer, and those of the peer.

    A peer that guesses the passwords of many accounts is locked, but not for the logins that have
    succeeded there before: they have a budget of their own, which strangers cannot use up.
    """

    def __init__(self, call: Call, login: str) -> None:
        self._context = context = call.context
        self._lockouts = context.gateway.lockouts
        call.request.claim = claim = Claim(passwords.KIND, login.casefold())
        self._own = context.attempt(call.request, claim)
        self._peer = context.attempt(call.request, Claim(PEER_KIND, ""))

    async def reject_locked(self) -> None:
        """
        Check that the login may be tried.

        Raises:
            LoginLockedError: it may not.
        """
        if not self._lockouts.may_lock:
            return
        store, now, is_known = self._context.store, self._context.now(), await self.is_known()
        for attempt in (self._own,) if is_known else (self._own, self._peer):
            await self._lockouts.reject_locked(store, attempt, now, error=LoginLockedError)

    async def count_failure(self) -> None:
        """Count that the login or its password is wrong."""
        store, now = self._context.store, self._context.now()
        await self._lockouts.count(store, self._own, now)
        if not await self.is_known():
            await self._lockouts.count_sprayed(store, self._peer, now)

    async def note_success(self) -> None:
        """Forget the failures, and remember the peer."""
        if not self._lockouts.is_on:
            return
        store, namespace = self._context.store, self._context.namespace
        digest = await store.read(lockouts.digest, *self._own)
        self._lockouts.forgive(digest)
        seen = await store.read(lockouts.last_login, namespace, digest)
        if seen is None or self._context.now() - seen > PEER_NOTED_AFTER:
            await store.write(lockouts.put_known_peer, namespace, digest)

    async def is_known(self) -> bool:
        """Whether a login with this name has succeeded at this peer before."""
        store = self._context.store
        digest = await store.read(lockouts.digest, *self._own)
        seen = await store.read(lockouts.last_login, self._context.namespace, digest)
        return seen is not None
