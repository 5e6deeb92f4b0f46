"""Navixy: how accounts and API keys are made by our own API."""

import re
import secrets

from profilegate.gateway.provisioning import Issued, Issuer, Issuing

from .sessions import HASH_SIZE_BYTES, KIND


def _api_key() -> Issued:
    text = secrets.token_hex(HASH_SIZE_BYTES)
    return Issued(text, {"hash": text})


ISSUING = Issuing(
    external_id=re.compile("[1-9][0-9]{0,17}"),
    has_tenant=False,
    own={"account.login": None, "account.plugins": []},
    changeable={"account.plugins"},
    issuers=(Issuer(KIND, "account", _api_key),),
)
