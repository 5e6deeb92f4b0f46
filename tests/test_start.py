"""Starting and ending: the real command line."""

import json
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from profilegate.http.lazy_imports import NEVER_CALLED
from profilegate.http.memory_tuning import YOUNG_OBJECTS_MAX
from tests.clients import (
    JSON,
    MACHNET,
    MACHNET_OTHER,
    NAVIXY_HASH,
    NAVIXY_HASH_WITHOUT_PLUGIN,
    diadoc_authorization,
)
from tests.gateway_process import CHECKOUT, PATIENCE_SECONDS, GatewayProcess, dump_database
from tests.http.providers import DIADOC, KRAKEN, MACHNET_MAPPING, NAVIXY, PROVIDER_APIS

ADDRESS = re.compile(r"Profilegate listens on (http://127\.0\.0\.1:[1-9][0-9]*)\n")


# --- It starts ---------------------------------------------------------------------------


def test_the_first_line_tells_the_address(tmp_path: Path) -> None:
    """
    Once the gateway listens it says where, so that port 0 is of use; the address responses.
    """
    with GatewayProcess.serving(tmp_path) as process:
        page = process.send("GET", "/")

    assert ADDRESS.fullmatch(process.greeting)
    assert 200 == page.status


def test_every_option_may_stand_in_the_environment(tmp_path: Path) -> None:
    """
    "PROFILEGATE_HOST, PROFILEGATE_PORT, PROFILEGATE_DATABASE, PROFILEGATE_KEY_FILE,
    PROFILEGATE_DEMO": what the command line can say, the environment can.
    """
    settings = {
        "PROFILEGATE_HOST": "127.0.0.1",
        "PROFILEGATE_DATABASE": f"sqlite:///{tmp_path / 'here' / 'p.db'}",
        "PROFILEGATE_KEY_FILE": str(tmp_path / "there" / "key"),
        "PROFILEGATE_DEMO": "1",
    }

    with GatewayProcess.serving(tmp_path, settings=settings) as process:
        response = update_by_demo_hash(process)

    assert 200 == response
    assert (tmp_path / "here" / "p.db").is_file()
    assert 0o600 == (tmp_path / "there" / "key").stat().st_mode & 0o777
    assert not (tmp_path / "var").exists()


def update_by_demo_hash(process: GatewayProcess) -> int:
    """The status of an update with the demo data's hash."""
    return process.send("POST", NAVIXY.target, body=NAVIXY.good_body(), headers=JSON).status


def test_without_demo_no_credential_of_the_demo_data_is_known(tmp_path: Path) -> None:
    """
    "Without --demo there are no built-in credentials and no default token".
    """
    path = NAVIXY.target.partition("?")[0]
    knocks = [
        *(
            ("POST", f"{path}?hash={hash_}", NAVIXY.good_body(), {})
            for hash_ in (NAVIXY_HASH, NAVIXY_HASH_WITHOUT_PLUGIN)
        ),
        *(
            ("PATCH", MACHNET_MAPPING.target, MACHNET_MAPPING.good_body(), client)
            for client in (MACHNET, MACHNET_OTHER)
        ),
        ("POST", DIADOC.target, DIADOC.good_body(), diadoc_authorization()),
        ("PATCH", KRAKEN.target, KRAKEN.good_body(), KRAKEN.headers(KRAKEN.good_body())),
    ]

    with GatewayProcess.serving(tmp_path) as process:
        statuses = [
            process.send(method, target, body=body, headers={**JSON, **headers}).status
            for method, target, body, headers in knocks
        ]

    # Navixy's code 4, "User or API key not found", comes with HTTP 400.
    assert [400, 400, 401, 401, 401, 401] == statuses


def test_the_demo_data_has_a_database_of_its_own(tmp_path: Path) -> None:
    """
    Its secrets are public: what was begun as a demo must not let them into anything else.
    """
    settings = {"PROFILEGATE_DATABASE": ""}
    with GatewayProcess.serving(tmp_path, "--demo", settings=settings) as demo:
        known = update_by_demo_hash(demo)
    with GatewayProcess.serving(tmp_path, settings=settings) as real:
        unknown = update_by_demo_hash(real)

    assert (200, 400) == (known, unknown)
    assert (tmp_path / "var" / "demo.db").exists()
    assert (tmp_path / "var" / "profiles.db").exists()


def test_loading_the_demo_data_twice_changes_nothing(tmp_path: Path) -> None:
    """
    A second start with --demo leaves everything as the first, and its callers, have left it.
    """
    with GatewayProcess.serving(tmp_path, "--demo") as process:
        assert 200 == update_by_demo_hash(process)
        process.end(signal.SIGTERM)
    before = dump_database(tmp_path)

    with GatewayProcess.serving(tmp_path, "--demo") as process:
        process.end(signal.SIGTERM)

    assert before == dump_database(tmp_path)


# --- Lazy imports and garbage collection -------------------------------------------------

REPORTING_SITE = """
import atexit, gc, json, pathlib, sys, types

def report():
    # A module that is not loaded yet has another type until it is used.
    loaded = [name for name, module in sys.modules.items() if type(module) is types.ModuleType]
    collection = {"collects": gc.isenabled(), "frozen": gc.get_freeze_count()}
    collection["young_max"] = gc.get_threshold()[0]
    pathlib.Path("report.json").write_text(json.dumps({"modules": loaded, **collection}))

atexit.register(report)
"""
"""Python's own hook (``sitecustomize``): the process reports its state when it ends."""


def test_serving_loads_no_module_that_it_never_calls(tmp_path: Path) -> None:
    """
    After an update of each provider, the modules that libraries import for other purposes are not
    loaded, and neither is the code generator; the garbage collector leaves alone what is there at
    start, and runs less often than by default.
    """
    (tmp_path / "sitecustomize.py").write_text(REPORTING_SITE)
    settings = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{CHECKOUT}"}
    with GatewayProcess.serving(tmp_path, "--demo", settings=settings) as process:
        statuses = [
            process.send(
                api.method,
                api.target,
                body=api.good_body(),
                headers={**api.headers(api.good_body()), **JSON},
            ).status
            for api in PROVIDER_APIS
        ]
        process.end(signal.SIGTERM)
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    loaded = set(report["modules"])
    others = {
        # Imported by requests.
        "charset_normalizer",
        "urllib3",
        # Imported by Starlette's client for tests.
        "httpx2",
        # Imported by protobuf's messages in Python.
        "google.protobuf.text_format",
        # For `generate` only.
        "grpc_tools",
        "openapi_spec_validator",
    }

    assert [200] * len(PROVIDER_APIS) == statuses
    assert {"connexion", "google.protobuf.message"} <= loaded
    assert set() == loaded & (NEVER_CALLED | others)
    assert [] == [name for name in loaded if name.startswith("profilegate.codegen")]
    assert (True, YOUNG_OBJECTS_MAX) == (report["collects"], report["young_max"])
    assert report["frozen"] > 10_000


# --- It ends -----------------------------------------------------------------------------


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(tmp_path: Path, by: signal.Signals) -> None:
    """
    On SIGTERM and Ctrl+C the gateway closes its store (SQLite's log is gone) and says nothing.
    """
    with GatewayProcess.serving(tmp_path) as process:
        code, printed, complained = process.end(by)

    assert (0, "Stop it with Ctrl+C.\n", "") == (code, printed, complained)
    assert {"master.key", "profiles.db"} == {file.name for file in (tmp_path / "var").iterdir()}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_further_signals_do_not_change_how_it_ends(tmp_path: Path, workers: str) -> None:
    """
    Who is told to stop again and again, until the process has ended, closes the store all the same.
    """
    with GatewayProcess.serving(tmp_path, "--workers", workers) as process:
        while process.process.poll() is None:
            process.process.send_signal(signal.SIGTERM)
            process.process.send_signal(signal.SIGINT)
            time.sleep(0.001)
        code, _, complained = process.end(signal.SIGTERM)

    assert (0, "") == (code, complained)
    assert {"master.key", "profiles.db"} == {file.name for file in (tmp_path / "var").iterdir()}


def test_a_request_under_way_is_answered_before_the_end(tmp_path: Path) -> None:
    """
    A gateway that is asked to end takes no more requests, but finishes what it has begun.
    """
    body = MACHNET_MAPPING.good_body()
    head = "\r\n".join(
        [
            f"PATCH {MACHNET_MAPPING.target} HTTP/1.1",
            "Host: gateway",
            "Expect: 100-continue",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in {**MACHNET, **JSON}.items()),
            "\r\n",
        ]
    )
    with (
        GatewayProcess.serving(tmp_path, "--demo") as process,
        socket.create_connection(("127.0.0.1", process.port), PATIENCE_SECONDS) as wire,
        wire.makefile("rb") as response,
    ):
        wire.sendall(head.encode())
        invited = response.readline()  # the gateway waits for the body now
        process.process.send_signal(signal.SIGTERM)
        wire.sendall(body)
        rest = response.read()
        code, _, complained = process.end(signal.SIGTERM)

    assert invited.startswith(b"HTTP/1.1 100 ")
    assert b"\r\nHTTP/1.1 200 OK\r\n" in rest
    assert (0, "") == (code, complained)
