"""Kraken Embed: the rules of a recording that no spec expresses: nonces and signatures."""

from collections.abc import Mapping

from profilegate.admin.rule_places import Rule, scheme_of
from profilegate.contract.checks import Checked
from profilegate.contract.provider_rules import CheckNext, ContractRules
from profilegate.errors import SettingError
from profilegate.openapi.inspection import HIDDEN

from .auth import V1_PREFIX, number
from .signing import sign_request

NONCES_KEPT_MAX = 1000
"""The largest nonces of a key, as the gateway remembers them for a key with a window."""


def checker(secrets: Mapping[str, str]) -> CheckNext:
    """Check that the accepted nonces of each key rise, and the signatures of a known key."""
    used: dict[bytes, set[int]] = {}

    def check(checked: Checked) -> None:
        headers = checked.recorded.joined_headers()
        key, nonce = headers.get(b"api-key", b""), number(_nonce(checked))
        if not key or nonce is None or key == HIDDEN.encode():
            return
        if checked.is_accepted:
            _check_nonce(checked, nonce, used.setdefault(key, set()))
        if key.decode("latin-1") == secrets.get("api_key"):
            _check_signature(checked, secrets["private_key"], headers.get(b"api-sign", b""))

    return check


def _check_nonce(checked: Checked, nonce: int, before: set[int]) -> None:
    if nonce in before:
        _add(checked, "ApiNonce", "nonce", "a nonce was accepted for the second time")
    elif before and nonce < max(before):
        # A key may have a window, which no recording shows.
        detail = "a nonce was accepted that is below an earlier one"
        _add(checked, "ApiNonce", "nonce", detail, is_warning=True)
    before.add(nonce)
    if len(before) > NONCES_KEPT_MAX:
        before.remove(min(before))


def _check_signature(checked: Checked, secret: str, received: bytes) -> None:
    recorded = checked.recorded
    try:
        expected = sign_request(
            recorded.target.decode("latin-1"),
            key="",
            secret=secret,
            body=(recorded.request_body or b"").decode(),
            nonce=_nonce(checked),
        )
    except (SettingError, UnicodeDecodeError):
        return
    if expected["API-Sign"].encode() != received:
        what = "was accepted" if checked.is_accepted else "was sent"
        _add(checked, "ApiSign", "signature", f"a signature {what} that is not that of the key")


def _nonce(checked: Checked) -> str:
    recorded = checked.recorded
    if recorded.target.startswith(V1_PREFIX.encode()):
        body = checked.request_value
        return str(body.get("nonce", "")) if isinstance(body, dict) else ""
    return recorded.joined_headers().get(b"api-nonce", b"").decode("latin-1")


def _add(
    checked: Checked, scheme: str, rule: str, detail: str, *, is_warning: bool = False
) -> None:
    known = scheme_of(checked.match.provider.spec, scheme) or Rule(scheme, rule, "")
    said = Rule(known.field, rule, detail, known.place, known.pointer, known.basis, known.note)
    checked.add("state" if checked.is_accepted else "request", said, is_warning=is_warning)


RULES = ContractRules(checker=checker)
