"""Alert rules and the dashboard: what they ask for exists, and each alert has its instructions."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from profilegate.gateway.metrics import GAUGES
from profilegate.gateway.settings import DEMO_METRICS_TOKEN
from tests.clients import JSON
from tests.gateway_process import GatewayProcess
from tests.http.providers import NAVIXY

ROOT = Path(__file__).parents[1]
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text("utf-8"))[
        "groups"
    ]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads(
    (ROOT / "deploy/grafana/profilegate.json").read_text("utf-8")
)
QUERIES = [
    *(rule["expr"] for rule in RULES),
    *(target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]),
]

OF_PROMETHEUS = {"instance", "job"}
"""The labels that Prometheus adds to every sample."""

SELECTOR = re.compile(r"\b((?:profilegate_\w+)|up)\b(?:\{([^}]*)\})?")


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The samples of a gateway that has had traffic and sends mails, each with its labels."""
    folder = tmp_path_factory.mktemp("served")
    # Nobody listens there, so that mails wait.
    settings = {"PROFILEGATE_SMTP_URL": "smtp://127.0.0.1:9"}
    with GatewayProcess.serving(folder, "--demo", settings=settings) as process:
        process.send("POST", NAVIXY.target, body=NAVIXY.good_body(), headers=JSON)
        process.send("POST", NAVIXY.target, body=b"{}", headers=JSON)
        token = {"Authorization": f"Bearer {DEMO_METRICS_TOKEN}"}
        text = process.send("GET", "/metrics", headers=token).text
    found: dict[str, set[str]] = {"up": set()}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    # A SQLite store has no connections to a server.
    found |= {f"profilegate_{name}": set() for name in GAUGES if name.startswith("store_pool_")}
    return found


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_what_exists(labels: dict[str, set[str]], query: str) -> None:
    """
    "a test checks that every metric they use exists": a name or a label that no gateway has would
    be an alert that never fires.
    """
    names = [name for name, _ in SELECTOR.findall(query)]
    by = {each for group in re.findall(r"by \(([^)]*)\)", query) for each in group.split(", ")}

    assert names
    assert [] == [name for name in names if name not in labels]
    for name, selector in SELECTOR.findall(query):
        asked = set(re.findall(r"(\w+)[!=]~?\"", selector))
        assert asked <= labels[name] | OF_PROMETHEUS
        assert by <= labels[name] | OF_PROMETHEUS


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_says_what_to_do(labels: dict[str, set[str]], rule: dict[str, Any]) -> None:
    """
    "a runbook per alert": a section of the guide with the alert's name; its summary names labels
    that the alert has.
    """
    summary, runbook = rule["annotations"]["summary"], rule["annotations"]["runbook"]
    file, _, anchor = runbook.partition("#")
    titles = re.findall(r"^#+ (.+)$", (ROOT / file).read_text("utf-8"), flags=re.MULTILINE)
    names = [name for name, _ in SELECTOR.findall(rule["expr"])]
    known = set.union(*(labels[name] for name in names)) | OF_PROMETHEUS

    assert rule["alert"].lower() == anchor
    assert rule["alert"] in titles
    assert set(re.findall(r"\$labels\.(\w+)", summary)) <= known
    assert rule["labels"]["severity"] in ("critical", "warning")


def test_no_two_panels_overlap() -> None:
    """
    Grafana would move one of them.
    """
    places = [
        (column, row)
        for panel in DASHBOARD["panels"]
        for at in [panel["gridPos"]]
        for column in range(at["x"], at["x"] + at["w"])
        for row in range(at["y"], at["y"] + at["h"])
    ]

    assert len(places) == len(set(places))
    assert {column for column, _ in places} == set(range(24))
