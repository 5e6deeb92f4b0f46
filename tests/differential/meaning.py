"""What a made request means: who calls and who is spoken of, so that good calls do succeed.

A schema takes many a login; only one of them logs in. Where a generator writes the plainest
text there is, this module writes the name of somebody who is there.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, quote_plus

from tests.clients import INDIVIDUAL
from tests.differential.sent import FORM, Sent

SESSION = "0123456789abcdef0123456789abcdef"
"""A Navixy session; the test opens it anew before each request, for some of them end it."""

MEANT: Mapping[str, Mapping[str, str]] = {
    "navixy": {
        "login": "charles.pearson@example.com",
        "password": "demo-password",
        "hash": SESSION,
    },
    "diadoc": {
        "login": "login@kontur.ru",
        "password": "demo-password",
        "token": "link {number}",
        "orgId": "7ebb1a25-21ce-4d0f-a1b2-3c4d5e6f7a80",
        "boxId": "9f1c7a52-0b6e-4c1d-8e57-2a4b6c8d0e11",
    },
    "machnet": {"id": INDIVIDUAL, "external_id": "user {number}"},
    "kraken": {"external_id": "user {number}"},
}
"""What stands for the plainest text where a user is meant; ``{number}`` is a request's own."""

WHO_CALLS = frozenset({"login", "password", "hash", "orgId", "boxId"})
"""The fields that authenticate somebody, or name what is theirs; any other value than the meant one
is nobody's."""


def meant(sent: Sent, number: int) -> Sent:
    """The request with somebody in it who is there; meant well only if it says nobody else."""
    body, target = sent.body, sent.target
    for name, template in MEANT[sent.spec].items():
        value = template.format(number=number)
        body = body.replace(b'"%s": "plain words"' % name.encode(), _member(name, value))
        body = _in_form(body.decode("latin-1"), name, value).encode("latin-1")
        target = _in_form(target, name, value)
    sent = replace(sent, body=body, target=target)
    return replace(sent, is_good=sent.is_good and not says_another(sent))


def says_another(sent: Sent) -> bool:
    """Whether a request names somebody else than who is meant, or gives a wrong secret."""
    wanted = MEANT[sent.spec]
    said = [*_body(sent).items(), *parse_qsl(sent.target.partition("?")[2])]
    return any(name in WHO_CALLS and value != wanted.get(name, value) for name, value in said)


def _member(name: str, value: str) -> bytes:
    return json.dumps({name: value})[1:-1].encode()


def _in_form(text: str, name: str, value: str) -> str:
    return re.sub(rf"(^|[?&]){name}=plain\+words(?=&|$)", rf"\g<1>{name}={quote_plus(value)}", text)


def _body(sent: Sent) -> Mapping[str, object]:
    """The body's fields, as far as there are any."""
    if sent.media_type == FORM:
        return dict(parse_qsl(sent.body.decode("latin-1")))
    try:
        body = json.loads(sent.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
