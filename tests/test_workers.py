"""Workers: several processes that serve as one gateway (``serve --workers``)."""

import errno
import http.client
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from profilegate.gateway.lockouts import FAILURES_MAX
from profilegate.gateway.settings import DEMO_METRICS_TOKEN
from tests.clients import INDIVIDUAL, JSON, MACHNET
from tests.gateway_process import PATIENCE_SECONDS, GatewayProcess, run
from tests.processes import children_of
from tests.profiles.client import ADMIN

CONNECTIONS = 24
"""So many spread over all workers: that one of two gets none happens once in eight million."""

USER = f"/users/{INDIVIDUAL}"


@pytest.fixture(name="serving")
def _serving(tmp_path: Path) -> Iterator[GatewayProcess]:
    """Two workers with the demo data."""
    with GatewayProcess.serving(tmp_path, "--demo", "--workers", "2") as process:
        wait_for_workers(process)
        yield process


def wait_for_workers(process: GatewayProcess, without: frozenset[int] = frozenset()) -> set[int]:
    """Wait for two workers that are none of others."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = children_of(process.process.pid)
        if len(found) == 2 and not found & without:
            return found
        time.sleep(0.02)
    raise AssertionError("the workers did not come")


def wait_until_ended(pids: set[int]) -> None:
    """Wait for the ends of processes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids):
        assert time.monotonic() < deadline, "a worker lives on"
        time.sleep(0.02)


def send_spread(
    process: GatewayProcess, target: str, headers: Mapping[str, str]
) -> list[tuple[int, bytes]]:
    """Get a target on CONNECTIONS connections that are open at once; the responses."""
    with ExitStack() as stack:
        connections = [
            stack.enter_context(
                closing(
                    http.client.HTTPConnection("127.0.0.1", process.port, timeout=PATIENCE_SECONDS)
                )
            )
            for _ in range(CONNECTIONS)
        ]
        for connection in connections:
            connection.connect()
        responses = []
        for connection in connections:
            connection.request("GET", target, headers=dict(headers))
            with connection.getresponse() as response:
                responses.append((response.status, response.read()))
    return responses


# --- Supervision -------------------------------------------------------------------------


def test_a_worker_that_is_killed_is_replaced(serving: GatewayProcess) -> None:
    """
    "Supervised (a killed one is replaced)": its connections end, the address serves on.
    """
    killed, other = sorted(children_of(serving.process.pid))
    os.kill(killed, signal.SIGKILL)
    found = wait_for_workers(serving, frozenset({killed}))

    assert other in found
    assert [200] * CONNECTIONS == [status for status, _ in send_spread(serving, USER, MACHNET)]


def test_a_hangup_replaces_all_workers_and_no_request_fails(serving: GatewayProcess) -> None:
    """
    "Graceful reload on SIGHUP": a new worker serves before an old one stops, and an old one
    finishes its requests. A client that finds its idle connection closed sends on a new one.
    """
    before = frozenset(children_of(serving.process.pid))
    statuses: Counter[int] = Counter()
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            statuses[serving.send("GET", USER, headers=MACHNET).status] += 1

    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        # The second worker may still be starting; the hangup waits for it.
        serving.process.send_signal(signal.SIGHUP)
        wait_for_workers(serving, before)
    finally:
        is_over.set()
        for client in clients:
            client.join()

    assert {200} == set(statuses)


def test_a_signal_ends_all_workers(serving: GatewayProcess) -> None:
    """
    SIGTERM and Ctrl+C end the supervisor with 0, after its workers.
    """
    workers = children_of(serving.process.pid)
    ended = serving.end(signal.SIGTERM)

    assert (0, "") == (ended[0], ended[2])
    wait_until_ended(workers)


def test_a_worker_that_hangs_while_it_stops_is_killed(serving: GatewayProcess) -> None:
    """
    A stop ends, whatever a worker does: orchestrators wait for half a minute.
    """
    os.kill(min(children_of(serving.process.pid)), signal.SIGSTOP)
    ended = serving.end(signal.SIGTERM)

    assert 0 == ended[0]


def test_a_gateway_that_stops_rejects_connections(serving: GatewayProcess) -> None:
    """
    Nobody waits for a process that accepts nothing any more: a balancer tries another one.
    """
    # Both workers serve then.
    send_spread(serving, USER, MACHNET)
    body = b'{"zipcode": "1"}'
    slow = {**MACHNET, **JSON, "Prefer": "delay=3"}
    open_request = threading.Thread(
        target=serving.send, args=("PATCH", USER), kwargs={"body": body, "headers": slow}
    )
    open_request.start()
    wait_until(lambda: has_connection(serving.port))
    serving.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_closed(serving.port))
    is_open = open_request.is_alive()
    open_request.join()

    assert is_open


def has_connection(port: int) -> bool:
    """Whether a client is connected to a port."""
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(f":{port:04X} " in line and line.split()[3] == "01" for line in lines)


def is_closed(port: int) -> bool:
    """Whether nobody listens at a port."""
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until a condition is met."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_folder_of_a_killed_supervisor_is_removed_by_the_next(tmp_path: Path) -> None:
    """
    What the workers share lies in memory, which nobody frees for a process that was killed.
    """
    with GatewayProcess.serving(tmp_path, "--demo", "--workers", "2") as killed:
        folders = {Path(name).parent for name in open_files(wait_for_workers(killed))}
        killed.kill()
    with GatewayProcess.serving(tmp_path, "--demo", "--workers", "2"):
        left = [folder for folder in folders if folder.exists()]

    assert folders
    assert [] == left


def open_files(pids: set[int]) -> set[str]:
    """The shared files that processes have open."""
    names = set()
    for link in (link for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()):
        # A process may close a file meanwhile.
        with suppress(FileNotFoundError):
            names.add(str(link.readlink()))
    return {name for name in names if name.endswith("/lockouts")}


def test_a_hangup_does_not_end_a_gateway_of_one_process(tmp_path: Path) -> None:
    """
    `systemctl reload` of a gateway without workers would end it; it says what a reload needs.
    """
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        process.process.send_signal(signal.SIGHUP)
        status = process.send("GET", USER, headers=MACHNET).status
        code, _, log = process.end(signal.SIGTERM)

    assert (200, 0) == (status, code)
    assert "PROFILEGATE_WORKERS" in log


def test_a_signal_during_the_start_ends_all_workers_too(tmp_path: Path) -> None:
    """
    The address is printed when the first worker serves; others may still be starting.
    """
    with GatewayProcess.serving(tmp_path, "--workers", "4") as process:
        ended = process.end(signal.SIGTERM)

    assert (0, "") == (ended[0], ended[2])


def test_workers_end_with_their_supervisor(serving: GatewayProcess) -> None:
    """
    Nobody stops the workers of a supervisor that was killed: they stop by themselves, and free the
    address.
    """
    workers = children_of(serving.process.pid)
    serving.kill()

    wait_until_ended(workers)


def test_a_gateway_of_several_workers_that_cannot_start_says_why_once(tmp_path: Path) -> None:
    """
    "A gateway that cannot start says why in one sentence", however many processes it has.
    """
    (tmp_path / "seed.yaml").write_text("people: 7\n")
    ended = run(tmp_path, "serve", "--port", "0", "--workers", "2", "--seed", "seed.yaml")

    assert 1 == ended.returncode
    (sentence,) = ended.stderr.splitlines()
    assert "seed.yaml" in sentence


# --- One gateway -------------------------------------------------------------------------


def test_failures_at_all_workers_lock_a_credential(serving: GatewayProcess) -> None:
    """
    A peer has FAILURES_MAX attempts, not as many at each process; then it is locked at each.
    """
    wrong = {**MACHNET, "X-Client-Secret": "wrong"}
    statuses = [status for status, _ in send_spread(serving, USER, wrong)]

    assert [401] * FAILURES_MAX + [429] * (CONNECTIONS - FAILURES_MAX) == statuses


def test_what_one_worker_has_changed_every_worker_knows(serving: GatewayProcess) -> None:
    """
    Credentials, namespaces and clocks are in the store: the next request has them, whichever
    worker serves it.
    """
    serving.send("POST", "/namespaces", body=b'{"namespace": "team"}', headers=ADMIN | JSON)
    body = b'{"forward_seconds": 60, "frozen": true}'
    serving.send("POST", "/namespaces/team/clock", body=body, headers=ADMIN | JSON)
    responses = send_spread(serving, "/namespaces/team", ADMIN)

    assert {200} == {status for status, _ in responses}
    assert 1 == len({body for _, body in responses}), responses[:2]


def test_the_journal_shows_the_exchanges_of_all_workers(serving: GatewayProcess) -> None:
    """
    Whichever worker is asked, it shows what all of them have received.
    """
    send_spread(serving, USER, MACHNET)
    response = serving.send("GET", "/journal?limit=100", headers=ADMIN)

    shown = response.json()["exchanges"]
    assert CONNECTIONS == sum("machnet" == each["provider"] for each in shown)


def test_the_metrics_of_one_worker_are_those_of_all(serving: GatewayProcess) -> None:
    """
    Prometheus asks any worker, and gets the sum of all, each counted some seconds ago at most; what
    one had counted that has ended stays.
    """
    send_spread(serving, USER, MACHNET)
    wait_for_count(serving)
    ended = min(children_of(serving.process.pid))
    os.kill(ended, signal.SIGKILL)
    wait_for_workers(serving, frozenset({ended}))

    wait_for_count(serving)


def wait_for_count(process: GatewayProcess) -> None:
    """Wait until the metrics show as many requests as there were."""
    name = 'profilegate_requests_total{operation="get_user",provider="machnet",status="200"}'
    token = {"Authorization": f"Bearer {DEMO_METRICS_TOKEN}"}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while f"{name} {CONNECTIONS}.0" not in (
        shown := process.send("GET", "/metrics", headers=token).text
    ):
        assert time.monotonic() < deadline, shown
        time.sleep(0.2)
