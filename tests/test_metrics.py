"""Metrics: what Prometheus reads of a gateway, and who else may."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from profilegate.gateway.measuring import measure
from profilegate.gateway.metrics import WAITING_MAX, Metrics
from profilegate.gateway.settings import DEMO_METRICS_TOKEN
from profilegate.store.health import CHECKS
from tests.clients import JSON, MACHNET
from tests.diadoc.samples import NEW_LOGIN
from tests.gateway_process import CHECKOUT, GatewayProcess, environment
from tests.http.providers import DIADOC, KRAKEN, NAVIXY
from tests.running_gateway import RunningGateway

Samples = dict[tuple[str, tuple[str, ...]], float]
"""The name of a sample and the values of its labels, sorted by their names -> its value."""

TOKEN = {"Authorization": f"Bearer {DEMO_METRICS_TOKEN}"}


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway as it is served, with the demo data."""
    with GatewayProcess.serving(tmp_path_factory.mktemp("served"), "--demo") as serving:
        yield serving


def scraped(process: GatewayProcess) -> Samples:
    """What Prometheus reads."""
    response = process.send("GET", "/metrics", headers=TOKEN)
    assert 200 == response.status
    return samples_of(response.text)


def samples_of(text: str) -> Samples:
    """The samples of an exposition."""
    return {
        (sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def risen(before: Samples, after: Samples) -> Samples:
    """What has risen from one scrape to another."""
    return {key: value - before.get(key, 0.0) for key, value in after.items()
            if value > before.get(key, 0.0)}  # fmt: skip


def test_a_request_is_counted_by_provider_operation_status_and_error(
    process: GatewayProcess,
) -> None:
    """
    "requests by provider, operation, status; error responses by rule; latency histograms; batch
    size".
    """
    before = scraped(process)
    body = NAVIXY.good_body()

    accepted = process.send("POST", NAVIXY.target, body=body, headers=JSON)
    rejected = process.send("POST", NAVIXY.target, body=b"{}", headers=JSON)

    assert (200, 400) == (accepted.status, rejected.status)
    rise = risen(before, scraped(process))
    operation = ("update_personal_info", "navixy")
    for status in ("200", "400"):
        assert 1 == rise["profilegate_requests_total", (*operation, status)]
    errors = "profilegate_error_responses_total"
    assert 1 == rise[errors, ("InvalidFieldsError", *operation)]
    assert 2 == rise["profilegate_request_duration_seconds_count", operation]
    assert 2 == rise["profilegate_request_duration_seconds_bucket", ("+Inf", *operation)]
    assert rise["profilegate_store_batch_size_sum", ()] >= 1


def test_what_is_no_operation_is_counted_too(process: GatewayProcess) -> None:
    """
    A path of nobody, a page, and a wrong method at a provider's path have labels of their own, but
    never a part of the path.
    """
    before = scraped(process)

    process.send("GET", "/no-such-page-at-all")
    process.send("DELETE", KRAKEN.target)

    after = scraped(process)
    rise = risen(before, after)
    assert 1 == rise["profilegate_requests_total", ("none", "none", "404")]
    assert 1 == rise["profilegate_requests_total", ("none", "kraken", "405")]
    method = ("MethodNotAllowedError", "none", "kraken")
    assert 1 == rise["profilegate_error_responses_total", method]
    assert [] == [key for key in after if "no-such" in str(key)]


def test_the_state_of_the_gateway_is_measured(process: GatewayProcess) -> None:
    """
    "queue depth, lockouts, readiness, process": each alert rule finds its numbers.
    """
    samples = scraped(process)

    assert dict.fromkeys(CHECKS, 1.0) == {
        check: samples["profilegate_ready", (check,)] for check in CHECKS
    }
    assert (0, 8192) == (
        samples["profilegate_store_queue_depth", ()],
        samples["profilegate_store_queue_limit", ()],
    )
    for name in ("process_resident_memory_bytes", "process_cpu_seconds_total", "disk_free_bytes"):
        assert samples[f"profilegate_{name}", ()] > 0
    for kind in ("credential", "sprayed"):
        assert ("profilegate_lockouts_total", (kind,)) in samples


def test_a_lockout_is_counted(process: GatewayProcess) -> None:
    """
    Ten failures within a minute lock a credential for its peer.
    """
    before = scraped(process)

    for _ in range(11):
        process.send("GET", "/users/x", headers={**MACHNET, "X-Client-Secret": "guessed"})

    rise = risen(before, scraped(process))
    assert 1 == rise["profilegate_lockouts_total", ("credential",)]
    locked = ("CredentialLockedError", "get_user", "machnet")
    assert 1 == rise["profilegate_error_responses_total", locked]


STRANGERS = {
    "no token": {},
    "another token": {"Authorization": "Bearer demo-metric"},
    "the admin token, which does more than a scraper needs": {"Authorization": "Bearer demo-admin"},
    "another scheme": {"Authorization": f"Basic {DEMO_METRICS_TOKEN}"},
    "bytes that are no text": {"Authorization": "Bearer ÿ"},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=STRANGERS)
def test_metrics_are_for_those_who_have_their_token(
    process: GatewayProcess, headers: dict[str, str]
) -> None:
    """
    They tell how much a company does, and when: Prometheus has a token (`bearer_token_file`).
    """
    response = process.send("GET", "/metrics", headers=headers)

    assert (401, "Bearer") == (response.status, response.headers["www-authenticate"])


def test_without_a_token_nobody_reads_metrics(tmp_path: Path) -> None:
    """
    The default is safe: a gateway without the setting has no token that is known.
    """
    with GatewayProcess.serving(tmp_path) as process:
        statuses = [
            process.send("GET", "/metrics", headers={"Authorization": value}).status
            for value in ("Bearer", "Bearer ", "Bearer None", TOKEN["Authorization"])
        ]

    assert [401] * 4 == statuses


def test_open_metrics_are_sent_if_they_are_accepted(process: GatewayProcess) -> None:
    """
    Prometheus asks for OpenMetrics 1.0 first, whose text ends with a mark.
    """
    accept = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}

    response = process.send("GET", "/metrics", headers={**TOKEN, **accept})

    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


WORKER = """
import sys
from pathlib import Path
from profilegate.gateway.metrics import Metrics, forget_process
folder = Path(sys.argv[1])
metrics = Metrics(folder)
metrics.count_request("kraken", "kraken.update_user", 200, "", 0.001)
metrics.flush()
metrics.count_batch(3)
metrics.measure({"store_queue_depth": 5, "store_queue_limit": 100}.items())
metrics.measure_checks({"disk": ""})
metrics.measure_process()
if len(sys.argv) > 2:
    forget_process(folder, int(sys.argv[2]))
    print(metrics.exposition("text/plain")[1].decode())
else:
    import os
    print(os.getpid())
"""


def test_several_processes_have_metrics_together(tmp_path: Path) -> None:
    """
    "multiprocess mode": each worker shows what all have counted, and what those measure that live.
    """

    def work(*arguments: str) -> str:
        command = [sys.executable, "-c", WORKER, str(tmp_path), *arguments]
        done = subprocess.run(
            command, env=environment(CHECKOUT), capture_output=True, text=True, check=True
        )
        return done.stdout

    ended = work()
    samples = samples_of(work(ended.strip()))

    assert 2 == samples["profilegate_requests_total", ("update_user", "kraken", "200")]
    assert 6 == samples["profilegate_store_batch_size_sum", ()]
    assert 5 == samples["profilegate_store_queue_depth", ()]
    assert 1 == samples["profilegate_ready", ("disk",)]
    assert samples["profilegate_process_cpu_seconds_total", ()] > 0
    assert ("profilegate_store_pool_size", ()) not in samples


def test_a_gateway_within_a_program_has_no_metrics(gateway: RunningGateway) -> None:
    """
    A test double counts nothing: it has no such page.
    """
    assert 404 == gateway.send("GET", "/metrics").status


def test_mails_that_wait_for_the_mail_server_are_measured(gateway: RunningGateway) -> None:
    """
    A mail server that is down shows in the age of the oldest mail; without one all mails wait.
    """
    metrics = Metrics()
    gateway.gateway.metrics, gateway.gateway.sends_mails = metrics, True
    try:
        response = DIADOC.send(gateway, DIADOC.good_body(Login={"Login": NEW_LOGIN}))
        gateway.clock.advance(timedelta(seconds=90))
        gateway.run(measure(gateway.gateway))
    finally:
        gateway.gateway.metrics, gateway.gateway.sends_mails = None, False
    samples = samples_of(metrics.exposition("")[1].decode())

    assert 200 == response.status, response.text
    assert (1, 90) == (
        samples["profilegate_outbox_waiting", ()],
        samples["profilegate_outbox_oldest_seconds", ()],
    )


def test_requests_are_counted_together_before_they_are_many() -> None:
    """
    Between two scrapes a busy gateway serves many requests: what waits to be counted is bounded.
    """
    metrics = Metrics()
    for _ in range(WAITING_MAX):
        metrics.count_request("kraken", "kraken.update_user", 200, "", 0.001)

    samples = samples_of(metrics.exposition("")[1].decode())
    counted = samples["profilegate_requests_total", ("update_user", "kraken", "200")]
    assert WAITING_MAX == counted
