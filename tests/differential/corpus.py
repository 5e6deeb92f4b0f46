"""The corpus: requests to every operation of every spec, good and bad, always the same ones."""

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode

from profilegate.openapi import Operation, Spec, json_schema
from tests.clients import (
    DIADOC_TOKEN,
    INDIVIDUAL,
    KRAKEN_USER,
    MACHNET,
    MACHNET_OTHER,
    NAVIXY_HASH_WITHOUT_PLUGIN,
    KrakenPartner,
    diadoc_authorization,
)
from tests.diadoc import messages
from tests.differential.meaning import SESSION, meant
from tests.differential.sent import FORM, JSON, PROTOBUF, Sent
from tests.differential.stock import spellings
from tests.differential.values import bad, good, taker

PROVIDERS = ("diadoc", "kraken", "machnet", "navixy")
"""The providers that are compared; the admin API has rules and words that stock does not
support."""

MIXED_BODIES = 80
"""Bodies of each operation that take each field, good or bad, by chance (of a fixed seed)."""

FORMS_STEP = 3
"""Every third body is sent as a form too, and by query."""

FEW_FIELDS = 4
"""Bodies with so few fields need no mixing."""

PATH_VALUES: Mapping[str, tuple[str, ...]] = {
    "user_id": (INDIVIDUAL, "0c7cb1a2-7c6f-4d6e-9a51-0d8f7a3c1e02", "not-a-uuid", "%00", "a%2Fb"),
    "user": (KRAKEN_USER, "AA08%20N84G%20CPAR%20UN7A", "aa08", "%FF", "AA08N84GCPARUN7A%00"),
}

CREATION_V1 = "create_user_v1"
"""Kraken's only operation of Embed v1 that names no user."""

PATH_VALUES_GOOD = 2
"""The first two name a user who is there."""

NO_JSON: Mapping[str, bytes] = {
    "an empty body": b"",
    "blanks": b"  ",
    "cut short": b'{"a": ',
    "no JSON": b"hello",
    "two values": b"{} {}",
    "a trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // no",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "no UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": "b"}'.encode("utf-16"),
    "a leading zero": b'{"a": 01}',
    "a number that no double holds": b'{"a": 1e999}',
    "a control character": b'{"a": "\x01"}',
    "many brackets": b"[" * 100_000,
}
"""Bodies that are no JSON, whatever the operation."""


def corpus(spec: Spec) -> Iterator[Sent]:
    """Every request to a spec's operations, in an order that is always the same."""
    for number, sent in enumerate(_corpus(spec)):
        yield meant(_good_only_for_a_user(sent), number)


def _good_only_for_a_user(sent: Sent) -> Sent:
    """Embed v1 names its user in the query or the body, where a schema takes any text."""
    if sent.spec != "kraken" or not sent.operation.endswith("_v1") or sent.operation == CREATION_V1:
        return sent
    text = unquote_plus(sent.target) + sent.body.decode("latin-1")
    return replace(sent, is_good=sent.is_good and KRAKEN_USER in text.replace(" ", ""))


def _corpus(spec: Spec) -> Iterator[Sent]:
    for operation in spec.operations():
        base = _base(spec, operation)
        yield replace(base, what="as plain as can be", is_good=True)
        yield from _examples(spec, operation, base)
        yield from _bodies(spec, operation, base)
        yield from _parameters(spec, operation, base)
        yield from _wires(spec, operation, base)
        yield from _credentials(spec, operation, base)


def _base(spec: Spec, operation: Operation) -> Sent:
    """A request that is well in all respects."""
    target = _filled_in(operation.paths[0])
    query: dict[str, str] = {}
    for parameter in operation.parameters:
        if parameter.location == "query" and parameter.is_required:
            known = PATH_VALUES.get(parameter.name)
            value = known[0] if known else good(json_schema(spec, parameter.schema))[0]
            query |= value if isinstance(value, dict) else {parameter.name: value}
    base = Sent("", spec.name, operation.id, operation.method, target)
    if spec.name == "navixy":
        query["hash"] = SESSION
    base = replace(base, target=_with_query(target, query))
    schema = operation.body
    if schema is None:
        return base
    return replace(base, body=_json(good(json_schema(spec, schema))[0]), media_type=JSON)


def _filled_in(path: str) -> str:
    for name, values in PATH_VALUES.items():
        path = path.replace(f"{{{name}}}", values[0])
    return path


def _with_query(target: str, query: Mapping[str, Any]) -> str:
    path, _, before = target.partition("?")
    after = "&".join(part for part in (before, urlencode(query)) if part)
    return f"{path}?{after}" if after else path


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


# --- Bodies ------------------------------------------------------------------------------


def _examples(spec: Spec, operation: Operation, base: Sent) -> Iterator[Sent]:
    request = spec.resolve(operation.node.get("requestBody", {}))
    for media_type, node in request.get("content", {}).items():
        for name, example in node.get("examples", {}).items():
            value = spec.resolve(example)["value"]
            sent = replace(base, what=f"the example {name}", media_type=media_type, is_good=True)
            if media_type == JSON:
                yield replace(sent, body=_json(value))
            elif media_type == FORM:
                yield replace(sent, body=_form(value))


def _form(value: Mapping[str, Any]) -> bytes:
    return urlencode(_as_texts(value)).encode()


def _as_texts(value: Mapping[str, Any]) -> dict[str, str]:
    return {k: v if isinstance(v, str) else json.dumps(v) for k, v in value.items()}


def _bodies(spec: Spec, operation: Operation, base: Sent) -> Iterator[Sent]:
    node = operation.body
    if node is None:
        return
    schema = json_schema(spec, node)
    fine, wrong, takes = good(schema), bad(schema), taker(schema)
    for value in fine:
        yield replace(base, what="good", body=_json(value), is_good=True)
    for keyword, value in wrong:
        yield replace(base, what=keyword, body=_json(value))
    yield from _mixed(fine, [value for _, value in wrong], takes, base)
    if FORM in spec.resolve(operation.node["requestBody"])["content"]:
        for value in [*fine, *(value for _, value in wrong)][::FORMS_STEP]:
            if isinstance(value, dict):
                sent = replace(base, what="a form", body=_form(value), media_type=FORM)
                yield replace(sent, is_good=takes(_as_texts(value)))
    for what, body in NO_JSON.items():
        yield replace(base, what=what, body=body)
    yield from _spoilt(fine[0], base)


def _mixed(
    fine: list[Any], wrong: list[Any], takes: Callable[[Any], bool], base: Sent
) -> Iterator[Sent]:
    """Fields of several bodies put together: several violations at once, violations beside good
    fields."""
    # Not for secrets: the seed makes it the same each time.
    chance = random.Random(f"{base.spec}.{base.operation}")
    objects = [value for value in fine if isinstance(value, dict)]
    broken = [value for value in wrong if isinstance(value, dict)]
    if len({name for value in objects for name in value}) <= FEW_FIELDS:
        return
    for _ in range(MIXED_BODIES):
        body: dict[str, Any] = dict(chance.choice(objects))
        for value in chance.choices(objects, k=3) + chance.choices(broken, k=chance.randrange(3)):
            body |= value
        yield replace(base, what="fields mixed", body=_json(body), is_good=takes(body))


def _spoilt(value: Mapping[str, Any], base: Sent) -> Iterator[Sent]:
    """A good body with something in it that JSON allows, or nearly allows, and we do not."""
    inside = _json(value)[1:-1]
    comma = b", " if inside else b""
    for what, member in {
        "NaN": b'"x": NaN',
        "Infinity": b'"x": -Infinity',
        "a lone surrogate": b'"x": "\\ud800"',
        "a key twice": b'"x": 1, "x": 2',
        "a NUL": b'"x": "\\u0000"',
        "a NUL in a key": b'"\\u0000": 1',
        "64 levels": b'"x": ' + b"[" * 63 + b"]" * 63,
        "65 levels": b'"x": ' + b"[" * 64 + b"]" * 64,
        "an integer of many digits": b'"x": ' + b"9" * 400,
        "an integer of very many digits": b'"x": ' + b"9" * 5000,
    }.items():
        yield replace(base, what=what, body=b"{" + inside + comma + member + b"}")


# --- Parameters, and the request as a whole ----------------------------------------------


def _parameters(spec: Spec, operation: Operation, base: Sent) -> Iterator[Sent]:
    for parameter in operation.parameters:
        name, place = parameter.name, parameter.location
        schema = json_schema(spec, parameter.schema)
        takes = taker(schema)
        values = [*good(schema), *(value for _, value in bad(schema))]
        path = base.target.partition("?")[0]
        hashes = {"hash": SESSION} if spec.name == "navixy" else {}
        if place == "path":
            for number, text in enumerate(PATH_VALUES[name]):
                sent = replace(base, what=name, target=path.replace(PATH_VALUES[name][0], text))
                yield replace(sent, is_good=number < PATH_VALUES_GOOD)
        elif place == "header":
            for value in values:
                if isinstance(value, str) and value.isascii() and value.isprintable():
                    sent = replace(base, what=name, headers=((name, value),))
                    yield replace(sent, is_good=takes(value))
        elif parameter.node.get("explode"):
            for value in values[::FORMS_STEP]:
                if isinstance(value, dict):
                    texts = _as_texts(value)
                    sent = replace(base, what=name, target=_with_query(path, {**hashes, **texts}))
                    yield replace(sent, is_good=takes(texts))
        else:
            said = dict(parse_qsl(base.target.partition("?")[2]))
            for text in (value for value in values if isinstance(value, str)):
                target = _with_query(path, {**said, name: text, **hashes})
                yield replace(base, what=name, target=target, is_good=takes(text))
            yield replace(base, what=f"no {name}", target=_with_query(path, hashes))
            yield replace(base, what=f"{name} twice", target=f"{base.target}&{name}=a&{name}=b")


def _wires(spec: Spec, operation: Operation, base: Sent) -> Iterator[Sent]:
    """The same request in another method, at another spelling of its path, in another type."""
    for method in ("PUT", "DELETE", "OPTIONS", "HEAD"):
        yield replace(base, what="another method", method=method)
    path, _, query = base.target.partition("?")
    for also in map(_filled_in, spellings(spec, operation)[1:]):
        yield replace(
            base, what="another spelling", target=f"{also}?{query}" if query else also, is_good=True
        )
    yield replace(base, what="an unknown path", target=f"/nowhere{base.target}")
    yield replace(
        base, what="an unknown parameter", target=_with_query(base.target, {"x": "1"}), is_good=True
    )
    yield replace(base, what="a query that is no UTF-8", target=_with_query(path, {}) + "?x=%FF")
    if base.media_type is None:
        yield replace(
            base, what="a body that nobody asked for", body=b"{}", media_type=JSON, is_good=True
        )
        return
    yield replace(base, what="in chunks", is_chunked=True, is_good=True)
    yield replace(base, what="without a media type", media_type=None)
    yield replace(base, what="no body", body=b"", media_type=None)
    yield replace(base, what="packed", headers=(("Content-Encoding", "gzip"),))
    for media_type in (
        "application/json; charset=utf-8",
        "application/json; charset=utf-16",
        "application/json;charset=latin-1",
        "application/json charset=utf-8",
        "Application/JSON",
        "text/json",
        "text/plain",
        "application/xml",
        "application/problem+json",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        PROTOBUF,
        FORM,
        "*/*",
        "no media type",
    ):
        is_good = media_type in ("application/json; charset=utf-8", "Application/JSON")
        yield replace(base, what="another media type", media_type=media_type, is_good=is_good)
    for encoding in ("utf-16", "latin-1", "utf-7"):
        body = base.body.decode().encode(encoding)
        media_type = f"application/json; charset={encoding}"
        yield replace(base, what="another charset", body=body, media_type=media_type)
    if base.spec == "diadoc":
        for answered_by, body in (
            ("update_my_user", messages.new_name("Quinn", "Zoe")),
            (None, messages.new_name("Q" * 5000, "")),
            ("update_my_user", messages.new_login("zoe@example.com")),
            (None, messages.new_login("not an address")),
            ("authenticate", messages.login_password("login@kontur.ru", "demo-password")),
            (None, b"\xff\xff"),
        ):
            sent = replace(base, body=body, is_good=answered_by == base.operation)
            yield replace(sent, what="protobuf", media_type=PROTOBUF)
            if base.operation == "update_my_user":
                yield replace(sent, what="protobuf without a type", media_type=None)


# --- Credentials -------------------------------------------------------------------------


def good_credentials(sent: Sent, partner: KrakenPartner) -> Mapping[str, str]:
    """What lets a request in; Navixy's hash stands in the target already."""
    match sent.spec:
        case "machnet":
            return MACHNET
        case "diadoc":
            return diadoc_authorization()
        case "kraken":
            return partner.headers(sent.target, sent.body, nonce_in(sent))
        case _:
            return {}


def is_of_embed_v1(sent: Sent) -> bool:
    """Whether a request has its nonce in the body."""
    return sent.spec == "kraken" and sent.operation.endswith("_v1") and sent.credentials is None


def nonce_in(sent: Sent) -> str | None:
    """The nonce in a body of Embed v1; None for another request."""
    if not is_of_embed_v1(sent):
        return None
    try:
        value = json.loads(sent.body)
    except (ValueError, RecursionError):
        return None
    return value.get("nonce") if isinstance(value, dict) else None


def _credentials(spec: Spec, operation: Operation, base: Sent) -> Iterator[Sent]:
    """Every way to be turned away at the provider."""
    security = operation.node.get("security", spec.document.get("security", []))
    if not security:
        return
    for what, credentials in _faulty_credentials(base):
        yield replace(base, what=f"credentials: {what}", credentials=credentials)
    if spec.name == "navixy":
        path = base.target.partition("?")[0]
        rest = "&".join(
            part for part in base.target.partition("?")[2].split("&") if "hash=" not in part
        )
        bare = f"{path}?{rest}" if rest else path
        for value in ("", "short", "f" * 32, "g" * 32, NAVIXY_HASH_WITHOUT_PLUGIN):
            target = _with_query(bare, {"hash": value})
            yield replace(base, what="credentials: another hash", target=target)
            if base.media_type == JSON:
                body = _json({**json.loads(base.body), "hash": value})
                yield replace(base, what="credentials: a hash in the body", target=bare, body=body)
        yield replace(base, what="credentials: none", target=bare)
        for header in (f"NVX {SESSION}", f"NVX  {SESSION}", SESSION, "NVX", "Basic x", "NVX g"):
            sent = replace(base, what="credentials: in the header", target=bare)
            is_good = header == f"NVX {SESSION}"
            yield replace(sent, credentials={"Authorization": header}, is_good=is_good)
        if base.media_type == JSON:
            body = _json({**json.loads(base.body), "hash": SESSION})
            sent = replace(base, what="credentials: in the body", target=bare, body=body)
            yield replace(sent, is_good=True)


def _faulty_credentials(base: Sent) -> Iterator[tuple[str, Mapping[str, str]]]:
    match base.spec:
        case "machnet":
            yield from (("none", {}), ("another client", MACHNET_OTHER))
            for name in MACHNET:
                yield f"no {name}", {k: v for k, v in MACHNET.items() if k != name}
                yield f"empty {name}", {**MACHNET, name: ""}
                yield f"wrong {name}", {**MACHNET, name: "wrong"}
        case "diadoc":
            yield "none", {}
            yield "another token", diadoc_authorization("bm90aGluZw==")
            yield "another client", diadoc_authorization(client_id="nobody")
            yield "with a blank", diadoc_authorization(comma=", ")
            for header in (
                "",
                "DiadocAuth",
                "Bearer x",
                "DiadocAuth ddauth_api_client_id=demo-api-client",
                f"DiadocAuth ddauth_token={DIADOC_TOKEN}",
                "DiadocAuth ddauth_api_client_id=,ddauth_token=",
            ):
                yield header, {"Authorization": header}
        case "kraken":
            # Nonces that rise beside those of the good requests are not wanted here.
            partner = KrakenPartner()
            headers = partner.headers(base.target, base.body, 2**63)
            yield "none", {}
            for name in headers:
                yield f"no {name}", {k: v for k, v in headers.items() if k != name}
                yield f"empty {name}", {**headers, name: ""}
                yield f"wrong {name}", {**headers, name: "wrong"}
            for nonce in (0, 2**64, "-1", "1.5", "0x1", "1"):
                yield f"nonce {nonce}", partner.headers(base.target, base.body, nonce)
            yield "signed for another target", partner.headers("/b2b", base.body, 2**63)
            yield "signed for another body", partner.headers(base.target, base.body + b" ", 2**63)
            other = KrakenPartner(private_key=base64.b64encode(b"another").decode())
            yield "signed with another key", other.headers(base.target, base.body, 2**63)


def request_headers(sent: Sent, partner: KrakenPartner) -> list[tuple[bytes, bytes]]:
    """All headers of a request, as a server hands them over."""
    credentials = sent.credentials
    if credentials is None:
        credentials = good_credentials(sent, partner)
    headers = {"host": "gateway.example", **credentials, **dict(sent.headers)}
    if sent.media_type is not None:
        headers["content-type"] = sent.media_type
    if sent.is_chunked:
        headers["transfer-encoding"] = "chunked"
    elif sent.body:
        headers["content-length"] = str(len(sent.body))
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def unquoted_path(target: str) -> tuple[bytes, bytes]:
    """The path of a target and its query, as bytes."""
    path, _, query = target.partition("?")
    return quote(path, safe="/%").encode(), query.encode()
