"""Passwords are stored so that trying them out takes long, and old digests get stronger."""

import hashlib
import json

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from profilegate.gateway.passwords import check_password, digest_password, password_key
from profilegate.store import DEFAULT_NAMESPACE, AccountKey, Credential, credentials
from tests.clients import JSON, NAVIXY_USER
from tests.navixy.client import LOGIN
from tests.running_gateway import RunningGateway

PASSWORD = "correct horse"

SCRYPT = bytes(16) + hashlib.scrypt(PASSWORD.encode(), salt=bytes(16), n=2**14, r=8, p=5)
"""A salt and a digest, as the gateway stored them before argon2id."""

WEAKER = PasswordHasher(1, 8, 1).hash(PASSWORD).encode()

KEY = password_key(AccountKey(DEFAULT_NAMESPACE, "navixy", NAVIXY_USER))


def test_a_password_costs_what_owasp_asks_for() -> None:
    """
    OWASP, Password Storage Cheat Sheet: argon2id with m = 19 MiB, t = 2, p = 1 is one of the
    minimum choices. A PHC string holds them, and no two passwords share a salt.
    """
    stored, again = digest_password(PASSWORD), digest_password(PASSWORD)
    found = extract_parameters(stored.decode())

    assert (Type.ID, 19 * 1024, 2, 1) == (
        found.type, found.memory_cost, found.time_cost, found.parallelism
    )  # fmt: skip
    assert stored != again
    assert (True, None) == (
        check_password(PASSWORD, stored).is_right,
        check_password(PASSWORD, stored).new_digest,
    )
    assert not check_password("wrong horse", stored).is_right


def log_in(gateway: RunningGateway, password: str) -> bool:
    """Whether a login succeeds."""
    body = json.dumps({"login": LOGIN, "password": password}).encode()
    return gateway.send("POST", "/v2/user/auth", body=body, headers=JSON).status == 200


def stored_digest(gateway: RunningGateway) -> bytes:
    """The stored digest of the user's password."""
    found = gateway.run(gateway.store.read(credentials.find, KEY))
    assert found is not None
    assert found.secret is not None
    return found.secret


@pytest.mark.parametrize("outdated", [SCRYPT, WEAKER], ids=["scrypt", "a lower cost"])
def test_an_outdated_digest_is_replaced_at_the_next_login(
    gateway: RunningGateway, outdated: bytes
) -> None:
    """
    Only a login has the password: a right one stores its new digest durably, a wrong one nothing.
    """
    gateway.run(gateway.store.write(credentials.revoke, KEY))
    old = Credential(KEY, external_id=NAVIXY_USER, secret=outdated)
    gateway.run(gateway.store.write(credentials.put, old))

    assert (False, outdated) == (log_in(gateway, "wrong horse"), stored_digest(gateway))
    assert log_in(gateway, PASSWORD)
    gateway.restart()
    new = stored_digest(gateway)
    assert extract_parameters(digest_password("any").decode()) == extract_parameters(new.decode())
    assert (True, False) == (log_in(gateway, PASSWORD), log_in(gateway, "wrong horse"))
    assert new == stored_digest(gateway)
