"""Logins: checks a login and its password, at a bounded cost."""

from profilegate.errors import LoginWrongError
from profilegate.gateway import passwords
from profilegate.gateway.call import Call
from profilegate.store import credentials, logins


async def log_in(call: Call, login: str, password: str) -> str:
    """
    The external id of the account with this login and password.

    Raises:
        LoginWrongError: the login or the password is wrong; both take the same time.
        LoginQueueFullError: too many logins wait already.
    """
    pool = call.context.gateway.login_pool
    async with pool.turn(call.request.client_left):
        return await _check(call, login, password)


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
