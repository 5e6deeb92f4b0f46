"""The journal in a real browser: exchanges arrive, filters, violations, explanation, HAR, curl."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from profilegate.gateway.settings import DEMO_ADMIN_TOKEN
from tests.browser.chromium import Visit, needs_chromium
from tests.browser.pages import rejected_request, sign_in
from tests.clients import NAVIXY_HASH
from tests.gateway_process import GatewayProcess

pytestmark = needs_chromium


@pytest.fixture
def admin(visit: Visit) -> Visit:
    """A visitor who has signed in as an admin."""
    sign_in(visit, DEMO_ADMIN_TOKEN)
    return visit


def test_an_exchange_appears_without_a_reload(admin: Visit, demo: GatewayProcess) -> None:
    """
    "exchanges as they arrive": what a client sends is at the top of the open page.
    """
    page = admin.open("journal")
    page.wait_for_load_state("load")

    request_id = rejected_request(demo)

    expect(page.locator(f"tbody a[href*='{request_id}']")).to_be_visible()


def test_a_filter_shows_the_exchanges_that_it_takes(admin: Visit, demo: GatewayProcess) -> None:
    """
    "filters by provider, outcome, operation, namespace".
    """
    rejected_request(demo)
    demo.send("GET", f"/v2/user/get_info?hash={NAVIXY_HASH}")
    page = admin.open("journal")

    page.get_by_label("API").select_option("navixy")
    page.get_by_role("button", name="Filter").click()
    apis = set(page.locator("tbody td:nth-child(3)").all_inner_texts())
    page.get_by_label("API").select_option("")
    page.get_by_label("Outcome").select_option("rejected")
    page.get_by_role("button", name="Filter").click()
    outcomes = {text.split()[0] for text in page.locator("tbody .badge").all_inner_texts()}

    assert {"navixy"} == apis
    assert {"rejected"} == outcomes


def test_an_exchange_says_what_was_wrong_where_it_was_wrong(
    admin: Visit, demo: GatewayProcess
) -> None:
    """
    "request and response side by side with violations marked; explain".
    """
    page = admin.open(f"journal/{rejected_request(demo)}")

    request, response = page.locator(".message").all()
    marked = request.locator(".wrong code").all_inner_texts()
    assert {"date_of_birth", "mobile_phone"} == {
        found[1] for text in marked if (found := re.match(r'"(\w+)"', text))
    }
    assert "HTTP/1.1 400" in response.inner_text()
    assert 2 <= page.locator(".why-card .rule").count()
    assert "specs/machnet.yaml" in page.locator(".why-card").inner_text()


def test_an_exchange_is_sent_again_by_its_curl_command(admin: Visit, demo: GatewayProcess) -> None:
    """
    "copy as curl": in test mode, where secrets can be shown, the command is the same request.
    """
    page = admin.open(f"journal/{rejected_request(demo)}")
    page.get_by_role("link", name="Show what is masked").click()

    command = page.locator("pre.copy code").inner_text()
    done = subprocess.run(["sh", "-c", f"{command} -s"], capture_output=True, text=True, timeout=60)

    assert "x-client-secret: demo-secret" in command
    assert {"date_of_birth", "mobile_phone"} <= set(re.findall(r"\w+", done.stdout))


def test_the_archive_is_a_file_that_browsers_open(
    admin: Visit, demo: GatewayProcess, tmp_path: Path
) -> None:
    """
    "download HAR": HAR 1.2, with the exchange of the page, and with all that the filter takes.
    """
    request_id = rejected_request(demo)
    archives = []
    for path in (f"journal/{request_id}", "journal?outcome=rejected"):
        page = admin.open(path)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download HAR").click()
        file = tmp_path / "archive.har"
        download.value.save_as(file)
        archives.append(json.loads(file.read_text())["log"])

    assert ["1.2", "1.2"] == [each["version"] for each in archives]
    assert [1] == [len(archives[0]["entries"])]
    assert all(request_id in str(each["entries"]) for each in archives)
