"""Passwords are stored so that trying them out takes long."""

import hashlib

import pytest

from profilegate.gateway.passwords import digest_password, is_password


def test_a_password_costs_what_owasp_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    OWASP, Password Storage Cheat Sheet: scrypt with N = 2^14, r = 8, p = 5 is one of the minimum
    choices; to check a password costs the same as to store it.
    """
    costs: list[tuple[int, int, int]] = []
    scrypt = hashlib.scrypt

    def counted(password: bytes, *, salt: bytes, n: int, r: int, p: int) -> bytes:
        costs.append((n, r, p))
        return scrypt(password, salt=salt, n=n, r=r, p=p)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    stored = digest_password("correct horse")

    assert (True, False) == (is_password("correct horse", stored), is_password("x", stored))
    assert [(2**14, 8, 5)] * 3 == costs
