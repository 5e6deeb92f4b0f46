"""Raw bytes and the raw target reach the code that verifies a signature, with any server.

Kraken signs the target and the body as they are sent, so a request of its that is authenticated
is the
proof: directly, by either of uvicorn's parsers of HTTP, and behind a reverse proxy.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import uvicorn

from tests.clients import JSON, KRAKEN_USER, KrakenPartner
from tests.running_gateway import Response, RunningGateway
from tests.wire import Wire, chunked, head

Port = int
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


# --- What stands in front ----------------------------------------------------------------


@dataclass
class OtherServer:
    """The gateway's app once more, on uvicorn with another parser of HTTP."""

    gateway: RunningGateway
    parser: str
    running: "list[tuple[uvicorn.Server, asyncio.Task[None]]]" = field(default_factory=list)

    async def start(self) -> Port:
        """Listen on a free port."""
        config = uvicorn.Config(
            self.gateway.app,
            host="127.0.0.1",
            port=0,
            http=self.parser,
            lifespan="off",
            log_level="error",
        )
        server = uvicorn.Server(config)
        self.running.append((server, asyncio.create_task(server.serve())))
        while not server.started:  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)
        port: Port = server.servers[0].sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening."""
        for server, serving in self.running:
            server.should_exit = True
            await serving


@dataclass
class ReverseProxy:
    """A reverse proxy as one stands before a gateway: it passes the target on as it is.

    What is a proxy's own to change, it changes: it names itself in X-Forwarded-* and Via, speaks
    of another Host, writes header names in small letters, and sends every body on in chunks of
    its own, whatever the client did. One request a connection.
    """

    behind: Port
    chunk_size: int = 1000
    servers: list[asyncio.Server] = field(default_factory=list)

    async def start(self) -> Port:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.servers.append(server)
        port: Port = server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening."""
        for server in self.servers:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[:-2]
        headers = dict(line.split(b": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in headers.items()}
        body = await self._body(reader, headers)
        gateway = await asyncio.open_connection("127.0.0.1", self.behind)
        gateway[1].write(b"\r\n".join([first, *self._passed_on(headers, body), b"", b""]))
        if body is not None:
            gateway[1].write(chunked(body, self.chunk_size))
        writer.write(await gateway[0].read())
        for stream in (gateway[1], writer):
            stream.close()
            await stream.wait_closed()

    @staticmethod
    async def _body(reader: asyncio.StreamReader, headers: dict[bytes, bytes]) -> bytes | None:
        if b"content-length" in headers:
            return await reader.readexactly(int(headers[b"content-length"]))
        if b"transfer-encoding" not in headers:
            return None
        body = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readuntil(b"\r\n\r\n")
        return body

    @staticmethod
    def _passed_on(headers: dict[bytes, bytes], body: bytes | None) -> list[bytes]:
        own = {
            b"host": b"gateway.internal:9000",
            b"connection": b"close",
            b"via": b"1.1 proxy",
            b"x-forwarded-for": b"203.0.113.7",
            b"x-forwarded-host": b"nexus.kraken.com",
            b"x-forwarded-proto": b"https",
            b"x-forwarded-prefix": b"/elsewhere",
            b"forwarded": b"for=203.0.113.7;proto=https",
        }
        if body is not None:
            own[b"transfer-encoding"] = b"chunked"
        passed = {name: value for name, value in headers.items() if name != b"content-length"}
        return [b"%b: %b" % item for item in {**passed, **own}.items()]


IN_FRONT: dict[str, Callable[[RunningGateway], OtherServer | ReverseProxy]] = {
    "httptools": lambda gateway: OtherServer(gateway, "httptools"),
    "h11": lambda gateway: OtherServer(gateway, "h11"),
    "a proxy": lambda gateway: ReverseProxy(gateway.port),
}


@pytest.fixture(scope="module", params=list(IN_FRONT))
def port(server: RunningGateway, request: pytest.FixtureRequest) -> Iterator[Port]:
    """Where the gateway is reached, by one server or another."""
    in_front = IN_FRONT[request.param](server)
    yield server.run(in_front.start())
    server.run(in_front.stop())


# --- What is sent ------------------------------------------------------------------------

PARTNER = KrakenPartner()
USER = f"/b2b/users/{KRAKEN_USER}"
BODY = b'{"language":"nb"}'

SUCCESS = (200, {"result": "success"})
INVALID_SIGNATURE = (401, {"error": ["EAPI:Invalid signature"]})
INVALID_ARGUMENTS = (400, {"error": ["EGeneral:Invalid arguments"]})


def sent(
    port: Port,
    target: str = USER,
    body: bytes = BODY,
    *,
    signed_target: str | None = None,
    signed_body: bytes | None = None,
    in_chunks: bool = False,
) -> tuple[int, object]:
    """A signed PATCH's status and response; what is signed is what is sent, unless it is said."""
    headers = PARTNER.headers(
        target if signed_target is None else signed_target,
        body if signed_body is None else signed_body,
    )
    length = ("Transfer-Encoding", "chunked") if in_chunks else ("Content-Length", str(len(body)))
    lines = [("Host", "nexus.kraken.com"), *headers.items(), *JSON.items(), length]
    with Wire(port) as wire:
        wire.write(head("PATCH", target, lines), chunked(body) if in_chunks else body)
        response: Response = wire.read()
    return response.status, response.json()


TARGETS = {
    "plain": USER,
    "blanks": "/b2b/users/AA08%20N84G%20CPAR%20UN7A",
    "letters that need no encoding": "/b2b/users/%41A08N84GCPARUN7%41",
    "small letters in an encoding": "/%622b/users/AA08N84G%43PARUN7A",
    "a query": f"{USER}?b=2&a=1",
    "a query in which a name stands twice": f"{USER}?a=2&a=1&a=",
    "a query without a value": f"{USER}?flag",
    "a plus sign and a blank": f"{USER}?a=+&b=%20&c=%2B",
    "letters beyond ASCII": f"{USER}?name=Zo%C3%AB&n%C3%A4me=%c3%ab",
    "bytes that are no text": f"{USER}?a=%FF%00",
    "an encoded query sign": f"{USER}?a=%3F%26%3D%23",
    "slashes and query signs in a query": f"{USER}?a=/b/../c?d=e?",
    "marks that may stand as they are": f"{USER}?a=[1]&b='x'&c=(y);d:e@f,$!*~",
    "an encoding that is none": f"{USER}?a=100%&b=%zz",
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_the_target_arrives_as_it_is_sent(gateway: RunningGateway, port: Port, target: str):
    """
    Kraken's client signs URL.RequestURI(): nothing on the way decodes, orders or tidies it.
    """
    assert SUCCESS == sent(port, target)
    assert "nb" == gateway.fields("kraken", KRAKEN_USER)["language"]


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("/b2b/users/AA08%20N84G%20CPAR%20UN7A", "/b2b/users/AA08 N84G CPAR UN7A"),
        ("/b2b/users/%41A08N84GCPARUN7A", USER),
        (f"{USER}?a=%2B", f"{USER}?a=+"),
        (f"{USER}?a=%c3%ab", f"{USER}?a=%C3%AB"),
        (f"{USER}?a=1", USER),
        (USER, f"/elsewhere{USER}"),
        (USER, f"https://nexus.kraken.com{USER}"),
    ],
)
def test_a_signature_over_what_is_meant_is_wrong(
    gateway: RunningGateway, port: Port, target: str, meant: str
):
    """
    It covers what stands in the request, and nothing that a proxy says of it.
    """
    assert INVALID_SIGNATURE == sent(port, target, signed_target=meant)
    assert "language" not in gateway.fields("kraken", KRAKEN_USER)


BODIES = {
    "compact": b'{"language":"nb"}',
    "with blanks": b'{"language": "nb"}',
    "over several lines": b'\r\n{\r\n\t"language"\t:\r\n"nb"\r\n}\r\n\r\n',
    "with escapes": b'{"language":"\\u006e\\u0062","employer_name":"\\u003c\\u0026\\u003e"}',
    "with letters beyond ASCII": '{"language":"nb","employer_name":"Łódź 🦑"}'.encode(),
    "with line ends behind, like a chunk's": b'{"language":"nb"}\r\n\r\n',
    "of many packets": b'{"language":"nb","unknown":"' + b"x" * 50_000 + b'"}',
}


@pytest.mark.parametrize("in_chunks", [False, True], ids=["with its length", "in chunks"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_body_arrives_as_it_is_sent(
    gateway: RunningGateway, port: Port, body: bytes, in_chunks: bool
):
    """
    Byte for byte, however it was cut on the way.
    """
    assert SUCCESS == sent(port, body=body, in_chunks=in_chunks)
    assert "nb" == gateway.fields("kraken", KRAKEN_USER)["language"]


@pytest.mark.parametrize(
    "signed_body",
    [b'{"language": "nb"}', b'{"language":"nb"}\n', b"{}", b""],
    ids=["blanks", "a line end", "empty", "nothing"],
)
def test_a_signature_over_what_the_body_means_is_wrong(
    gateway: RunningGateway, port: Port, signed_body: bytes
):
    """
    Nobody reads the body and writes it again before it is verified.
    """
    assert INVALID_SIGNATURE == sent(port, signed_body=signed_body)
    assert "language" not in gateway.fields("kraken", KRAKEN_USER)


@pytest.mark.parametrize("body", [b"\xff\xfe\x00{", b"{", b"\x00", b"\r\n"], ids=repr)
@pytest.mark.usefixtures("gateway")
def test_bytes_that_are_no_text_are_verified_first(port: Port, body: bytes):
    """
    Signed, they are rejected for what they are; not signed, for the signature alone.
    """
    assert INVALID_ARGUMENTS == sent(port, body=body)
    assert INVALID_SIGNATURE == sent(port, body=body, signed_body=b"{}")
