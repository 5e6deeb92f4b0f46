"""Fuzzing: many hostile requests on raw sockets, and what the gateway sends and keeps."""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from profilegate.http.limits import (
    BODY_RATE_MIN_BYTES_PER_SECOND,
    BODY_SIZE_MAX_BYTES,
    HEAD_SIZE_MAX_BYTES,
)
from tests.torture.attacked import LOG, attacked_gateway, memory_megabytes
from tests.torture.hostile_requests import CANARY, Draft, hostile_requests
from tests.torture.results import Result

CONNECTIONS = 96
RESPONSE_MAX_SECONDS = 30 + BODY_SIZE_MAX_BYTES / BODY_RATE_MIN_BYTES_PER_SECOND
"""Longer than the gateway waits for the rest of the largest of these bodies."""

ERROR_SIZE_MAX_BYTES = HEAD_SIZE_MAX_BYTES
MEMORY_GROWTH_MAX_MEGABYTES = 20.0
MEMORY = "memory kept, beyond that of the first requests"
SEED = 20_261_126

_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)\r\n", re.IGNORECASE)


@dataclass(slots=True)
class Outcome:
    """What became of the requests."""

    statuses: Counter[str] = field(default_factory=Counter)
    largest_error_bytes: int = 0
    wrong: list[str] = field(default_factory=list)
    """Responses that must not be, each with the request's form."""

    def judge(self, draft: Draft, responses: bytes) -> None:
        """Look at all that came back on a request's connection."""
        if not responses:
            self.statuses["none"] += 1
            if not draft.ends_early:
                self._wrong(draft, "no response")
            return
        head, _, body = responses.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100 "):
            head, _, body = body.partition(b"\r\n\r\n")
        status = head[9:12].decode("ascii", "replace")
        self.statuses[status] += 1
        if not status.isdigit():
            self._wrong(draft, f"no status line: {responses[:40]!r}")
        elif status.startswith("5") and status != "503":
            self._wrong(draft, f"status {status}")
        elif status >= "400":
            self.largest_error_bytes = max(self.largest_error_bytes, len(body))
            if len(responses) > ERROR_SIZE_MAX_BYTES:
                self._wrong(draft, f"an error of {len(responses)} bytes, status {status}")
            if CANARY.encode() in responses:
                self._wrong(draft, f"an error that repeats what was sent, status {status}")

    def _wrong(self, draft: Draft, what: str) -> None:
        self.wrong.append(f"{draft.method} {draft.path[:60]} ({draft.provider}): {what}")


def run(folder: Path, backend: str, *, requests: int) -> Result:
    """Send the requests; count what must not be, and the memory that the gateway keeps."""
    result = Result(
        "Hostile requests",
        f"{requests:,} requests on raw sockets to all operations: valid ones with wrong values, "
        "unknown keys, other bodies, media types, headers, targets and methods, unknown "
        "credentials, broken chunks and heads, and ends in the middle.",
        not_shown="what only a client that knows the code would send.",
    )
    with attacked_gateway(folder, backend, "--no-lockouts") as process:
        warm = asyncio.run(send_all(process.port, requests // 20, SEED + 1))
        before = memory_megabytes(process)
        outcome = asyncio.run(send_all(process.port, requests, SEED))
        grown = memory_megabytes(process) - before
        is_served = process.send("GET", "/").status == 200
    log = (folder / LOG).read_text("utf-8")
    for what in outcome.wrong[:20] + warm.wrong[:5]:
        print(f"  {what}")
    result.count("responses that must not be", len(outcome.wrong))
    result.count("values that were sent, in the log", log.count(CANARY))
    result.count("unexpected errors in the log", log.count("unexpected"))
    result.count(
        "bytes of the largest error", outcome.largest_error_bytes, most=ERROR_SIZE_MAX_BYTES
    )
    result.add(
        MEMORY,
        f"≤ {MEMORY_GROWTH_MAX_MEGABYTES:.0f} MB",
        f"{grown:.1f} MB",
        is_good=grown <= MEMORY_GROWTH_MAX_MEGABYTES,
    )
    result.add("the gateway serves", "", "yes" if is_served else "no", is_good=is_served)
    statuses = ", ".join(
        f"{status}: {count:,}" for status, count in sorted(outcome.statuses.items())
    )
    result.add("statuses", "", statuses, is_good=True)
    return result


async def send_all(port: int, requests: int, seed: int) -> Outcome:
    """Send requests, CONNECTIONS at a time."""
    outcome = Outcome()
    drafts = islice(hostile_requests(seed), requests)

    async def send_some() -> None:
        for draft in drafts:
            outcome.judge(draft, await _send(port, draft, outcome))

    await asyncio.gather(*(send_some() for _ in range(CONNECTIONS)))
    return outcome


async def _send(port: int, draft: Draft, outcome: Outcome) -> bytes:
    """What comes back for a request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = b""
    try:
        async with asyncio.timeout(RESPONSE_MAX_SECONDS):
            writer.write(draft.bytes())
            if draft.ends_early:
                writer.write_eof()
            while piece := await reader.read(65536):
                received += piece
                if _is_whole(received, is_head=draft.method == "HEAD"):
                    break
    except TimeoutError:
        outcome.statuses["waiting"] += 1
    except OSError:
        pass
    finally:
        writer.close()
    return received


def _is_whole(received: bytes, *, is_head: bool) -> bool:
    """Whether the first final response is complete."""
    head, end, body = received.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100 "):
        head, end, body = body.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    return bool(end) and (is_head or length is None or len(body) >= int(length[1]))
