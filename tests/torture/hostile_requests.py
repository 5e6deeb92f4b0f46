"""Hostile requests: valid requests of every operation, broken in one or several ways."""

import copy
import json
import random
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from profilegate.openapi import Operation, Spec, read_spec
from profilegate.openapi.resources import spec_files, specs_folder
from tests.clients import (
    INDIVIDUAL,
    KRAKEN_USER,
    MACHNET,
    NAVIXY_HASH,
    KrakenPartner,
    diadoc_authorization,
)

CANARY = "CANARY4509"
"""Stands in keys, values and headers: no error response may repeat it."""

_partner = KrakenPartner()

CREDENTIALS: Mapping[str, Callable[[str, bytes], Mapping[str, str]]] = {
    "navixy": lambda target, body: {"Authorization": f"NVX {NAVIXY_HASH}"},
    "machnet": lambda target, body: MACHNET,
    "diadoc": lambda target, body: diadoc_authorization(),
    "kraken": _partner.headers,
    "profiles": lambda target, body: {"Authorization": "Bearer demo-admin"},
}

SCRIPTS_FAILURES = "add_fault"
"""A valid one drops the connections of later requests, as it should."""

PATH_VALUES = {"user": KRAKEN_USER, "user_id": INDIVIDUAL, "provider": "kraken"}


@dataclass(slots=True)
class Draft:
    """A request before it is written: what a client would send."""

    provider: str
    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: Any
    """A value for JSON, or bytes."""
    is_authenticated: bool = True
    raw: bytes | None = field(default=None, repr=False)
    """The whole request, if it is not written from the rest."""
    ends_early: bool = False

    @property
    def target(self) -> str:
        """The path and the query."""
        return self.path + (f"?{self.query}" if self.query else "")

    @property
    def body_bytes(self) -> bytes:
        """The body as it is sent."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return json.dumps(self.body, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def bytes(self) -> bytes:
        """The request as it is sent."""
        if self.raw is not None:
            return self.raw
        target, body = self.target, self.body_bytes
        lines = [("Host", "gateway"), *self.headers]
        if self.is_authenticated:
            lines += CREDENTIALS[self.provider](target, body).items()
        names = {name.lower() for name, _ in lines}
        if not names & {"content-length", "transfer-encoding"} and (body or self.method != "GET"):
            lines.append(("Content-Length", str(len(body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        start = f"{self.method} {target} HTTP/1.1\r\n{head}\r\n"
        return start.encode("utf-8", "surrogateescape") + body


def hostile_requests(seed: int) -> Iterator[Draft]:
    """Requests without an end, the same for the same seed."""
    # Not for secrets: a run must be repeatable.
    rng = random.Random(seed)
    drafts = [
        draft
        for file in spec_files(specs_folder())
        for spec in [read_spec(file)]
        for operation in spec.operations()
        if operation.id != SCRIPTS_FAILURES
        for draft in valid_drafts(spec, operation)
    ]
    while True:
        draft = copy.deepcopy(rng.choice(drafts))
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            if draft.raw != b"":
                rng.choice(BREAKS)(draft, rng)
        yield draft


def valid_drafts(spec: Spec, operation: Operation) -> Iterator[Draft]:
    """An operation's requests with each example body of the spec, or without a body."""
    path = operation.paths[0]
    for parameter in operation.parameters:
        if parameter.location == "path":
            sent = PATH_VALUES.get(parameter.name, "1")
            path = path.replace("{" + parameter.name + "}", sent)
    query = "type=password" if "type" in {each.name for each in operation.parameters} else ""
    content = spec.resolve(operation.node.get("requestBody", {})).get("content", {})
    for media_type, node in content.items():
        for example in node.get("examples", {"": {"value": {}}}).values():
            value = spec.resolve(example).get("value")
            headers = [("Content-Type", media_type)]
            body = value if "json" in media_type else b"a=1&b=2"
            yield Draft(spec.name, operation.method, path, query, headers, body)
    if not content:
        yield Draft(spec.name, operation.method, path, query, [], None)


# --- Breaks ------------------------------------------------------------------------------

WRONG_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 2**63, 1e308, "", " ", CANARY, CANARY * 100, "\0", "\u202e", "\ud800",
    "<script>alert(1)</script>", "'; DROP TABLE profiles; --", "../../etc/passwd", "%00%0a", "x" * 30_000,
    [], {}, [[]], [CANARY] * 2_000, {CANARY: [CANARY]}, {f"{CANARY}{n}": n for n in range(300)}, ["\0"] * 500,
)  # fmt: skip

LONG_SIZES = (100, 5_000, 17_000, 70_000)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a value, with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    for each in waiting:
        keys = each if isinstance(each, dict) else range(len(each))
        for key in keys:
            found.append((each, key))
            if isinstance(each[key], dict | list):
                waiting.append(each[key])
    return found


def wrong_value(draft: Draft, rng: random.Random) -> None:
    """Another value in the place of one of the body."""
    if isinstance(draft.body, dict | list) and (places := _places(draft.body)):
        container, key = rng.choice(places)
        container[key] = copy.deepcopy(rng.choice(WRONG_VALUES))


def unknown_key(draft: Draft, rng: random.Random) -> None:
    """A key that no spec has, with a wrong value."""
    if isinstance(draft.body, dict):
        key = rng.choice((CANARY, f"{CANARY}\n", f"{CANARY}." * 50, CANARY * 1_000, "\0", ""))
        draft.body[key] = copy.deepcopy(rng.choice(WRONG_VALUES))


def missing_key(draft: Draft, rng: random.Random) -> None:
    """One key less."""
    if isinstance(draft.body, dict) and draft.body:
        del draft.body[rng.choice(list(draft.body))]


def other_body(draft: Draft, rng: random.Random) -> None:
    """A body of another form."""
    size = rng.choice(LONG_SIZES)
    draft.body = rng.choice((
        b"", b"null", b"[]", b"{}", b"{", b'{"a":1,"a":2}', b"[" * size, b'{"a":' * (size // 5),
        b"%41" * (size // 3), b"&" * size, b"a=" + b"%00" * 50, rng.randbytes(300), b"\xff\xfe",
        b"[" + b"1," * (size // 2) + b"1]", b'"' + CANARY.encode() * (size // 10) + b'"',
        struct.pack("<B", 0x0A) + b"\xff" * 9 + b"\x01", b"\x0a\x80\x80\x80\x80\x08" + b"x" * 50,
        b"1e999", b"-", b"NaN", b'{"' + b"\\u0041" * (size // 6) + b'":0}', b"\n" * size,
    ))  # fmt: skip


def other_media_type(draft: Draft, rng: random.Random) -> None:
    """Another Content-Type, or a malformed one, or two."""
    value = rng.choice((
        "application/json", "application/x-www-form-urlencoded", "application/x-protobuf", "text/plain", "",
        "application/x-ndjson", "application/json; charset=utf-16", "application/json;" * 100, f"{CANARY}/x",
        "multipart/form-data; boundary=x", "application/json; charset=" + "x" * 5_000, ";", "a/b/c",
    ))  # fmt: skip
    draft.headers.append(("Content-Type", value))


def other_header(draft: Draft, rng: random.Random) -> None:
    """A header that a server reads, with a value that it does not expect."""
    name = rng.choice((
        "Accept", "Accept-Encoding", "Content-Encoding", "Connection", "Expect", "If-Match", "If-None-Match",
        "Range", "Upgrade", "X-Forwarded-For", "Forwarded", "Cookie", "Host", "TE", "Origin", CANARY,
        "Access-Control-Request-Method", "Authorization", "X-Client-Id", "API-Key", "API-Nonce", "API-Sign",
        "Content-Length", "Transfer-Encoding", "X-" + "x" * 300,
    ))  # fmt: skip
    value = rng.choice((
        "", CANARY, CANARY * rng.choice((10, 500, 2_000)), "gzip", "chunked", "close", "100-continue", "*",
        '"', "bytes=0-", "websocket", "-1", "99999999999999999999", "é", "for=1.2.3.4;by=x", "0",
        "NVX " + "0" * 32, "Bearer x", "DiadocAuth a=b", "\x01", "a\x00b",
    ))  # fmt: skip
    draft.headers.append((name, value))


def many_headers(draft: Draft, rng: random.Random) -> None:
    """Many headers, short or long."""
    count, size = rng.choice(((50, 10), (300, 10), (40, 900), (5_000, 5)))
    draft.headers += [(f"X-{n}", CANARY + "x" * size) for n in range(count)]


def no_credentials(draft: Draft, rng: random.Random) -> None:
    """No credential, or an unknown one of another length each time."""
    draft.is_authenticated = False
    wrong = CANARY * rng.randint(1, 1_000)
    draft.headers += rng.choice((
        [], [("X-Client-Id", wrong), ("X-Client-Secret", wrong)], [("Authorization", f"Bearer {wrong}")],
        [("Authorization", f"DiadocAuth ddauth_api_client_id={wrong},ddauth_token={wrong}")],
        [("API-Key", wrong), ("API-Sign", wrong), ("API-Nonce", "1")], [("Authorization", f"NVX {wrong[:32]}")],
    ))  # fmt: skip


def other_target(draft: Draft, rng: random.Random) -> None:
    """Another path or query."""
    if rng.random() < 0.5:
        draft.query = rng.choice((
            f"{CANARY}={CANARY}", "hash=" + "0" * 32, "hash=a&hash=b", "type=password&type=x", "%", "%ff=%ff",
            "a=" + "x" * rng.choice(LONG_SIZES), "&" * 5_000, "limit=-1&cursor=" + CANARY, "%00=%00", "?", "é",
        ))  # fmt: skip
    else:
        draft.path = rng.choice((
            draft.path + "/", "/" + draft.path, draft.path.upper(), draft.path + "%2F..", draft.path + "/%00",
            "*", "/" + CANARY, draft.path + "x" * rng.choice(LONG_SIZES), draft.path.replace("/", "%2F"),
            draft.path + "/%ff", "/v2/" + "a/" * 2_000, "http://other.example" + draft.path, "//" + CANARY,
        ))  # fmt: skip


def other_method(draft: Draft, rng: random.Random) -> None:
    """Another method."""
    draft.method = rng.choice(
        (
            "GET",
            "HEAD",
            "POST",
            "PUT",
            "PATCH",
            "DELETE",
            "OPTIONS",
            "TRACE",
            "CONNECT",
            "BREW",
            "get",
            "",
        )
    )


def broken_chunks(draft: Draft, rng: random.Random) -> None:
    """A body in chunks that are broken, or very small."""
    draft.headers.append(("Transfer-Encoding", "chunked"))
    whole = draft.bytes()
    head, _, body = whole.partition(b"\r\n\r\n")
    chunks = rng.choice((
        b"1\r\nx\r\n" * 2_000 + b"0\r\n\r\n", b"x\r\n", b"-1\r\n", b"fffffffffffffffff\r\n",
        b"%x\r\n%b\r\n0\r\nX: y\r\n\r\n" % (len(body), body), b"1;" + b"e" * 9_000 + b"\r\nx\r\n0\r\n\r\n",
        b"5\r\nab", b"0\r\n" + b"T: x\r\n" * 3_000 + b"\r\n", b"5\r\nabcdeXX",
    ))  # fmt: skip
    draft.raw = head + b"\r\n\r\n" + chunks


def broken_head(draft: Draft, rng: random.Random) -> None:
    """Bytes that are no request, or not quite one."""
    whole = draft.bytes()
    start = rng.randrange(len(whole))
    draft.raw = rng.choice((
        whole.replace(b"HTTP/1.1", rng.choice((b"HTTP/0.9", b"HTTP/2.0", b"HTTP/1.0", b"HTTQ/1.1", b"")), 1),
        whole.replace(b"\r\n", b"\n"), whole[:start] + rng.randbytes(3) + whole[start:], b"\r\n" * 50 + whole,
        whole[:start] + whole[start + 1 :], b"\x16\x03\x01\x02\x00\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        whole.replace(b": ", b" : ", 1), whole.replace(b"Host", b"H\xf6st", 1), b"GET\r\n\r\n", whole * 3,
        rng.randbytes(200), whole.replace(b"Host: gateway\r\n", b"", 1), whole + b"GARBAGE",
    ))  # fmt: skip


def early_end(draft: Draft, rng: random.Random) -> None:
    """A client that leaves in the middle of its request."""
    whole = draft.bytes()
    draft.raw = whole[: rng.randrange(len(whole))]
    draft.ends_early = True


BREAKS: tuple[Callable[[Draft, random.Random], None], ...] = (
    wrong_value, wrong_value, wrong_value, unknown_key, unknown_key, missing_key, other_body, other_body,
    other_media_type, other_header, other_header, many_headers, no_credentials, no_credentials, other_target,
    other_method, broken_chunks, broken_head, early_end,
)  # fmt: skip
