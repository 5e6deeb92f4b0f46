"""Swagger UI in a real browser: every operation of every spec succeeds at the first Execute."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from profilegate.gateway.loading import load_spec, spec_names
from tests.browser.chromium import Visit, needs_chromium, visiting
from tests.browser.conftest import MODULE_MAX_SECONDS
from tests.browser.nginx import needs_nginx, published
from tests.clients import kraken_signature
from tests.gateway_process import GatewayProcess

pytestmark = needs_chromium

every_spec = pytest.mark.parametrize("name", spec_names())

RESOLVED = ".opblock-body:not(:has(.opblock-loading-animation))"
"""An opened operation, once Swagger UI has resolved what it refers to."""

ADMIN = {"Authorization": "Bearer a-token", "Content-Type": "application/json"}
"""The headers of the admin API of a gateway without the demo data."""


def operation(page: Page, operation_id: str) -> Locator:
    """The block of an operation, opened."""
    block = page.locator(f'.opblock[id$="-{operation_id}"]')
    control = block.locator(".opblock-summary-control")
    if control.get_attribute("aria-expanded") == "false":
        control.click()
    block.locator(RESOLVED).wait_for()
    return block


def executed(block: Locator) -> str:
    """Click Execute, and tell the status of the response."""
    clear = block.locator(".btn-clear")
    if clear.count():
        clear.click()
    block.locator("button.execute").click()
    return status_of(block)


def status_of(block: Locator) -> str:
    """The status of the response that an operation shows."""
    status = block.locator(".live-responses-table .response .response-col_status")
    status.wait_for()
    return status.inner_text().strip()


@every_spec
def test_every_operation_succeeds_at_the_first_execute_and_again(visit: Visit, name: str) -> None:
    """
    "In demo mode the credentials are filled in and every operation of every provider succeeds at
    the first Execute, repeatable ones again and again". What can be done once only (a log-out, an
    erasure, a confirmation, a creation) is done to something new each time, so all are clicked
    twice.
    """
    page = visit.open(f"docs/{name}")
    operations = load_spec(name).operations()

    statuses = {}
    for each in operations:
        block = operation(page, each.id)
        statuses[each.id] = (executed(block), executed(block))
        block.locator(".opblock-summary-control").click()

    failed = {name: found for name, found in statuses.items() if {s[0] for s in found} != {"2"}}
    assert {} == failed
    expect(page.locator(".opblock")).to_have_count(len(operations))


def test_json_is_chosen_both_ways(visit: Visit) -> None:
    """
    "Diadoc's header is built from its two parts with JSON as the default media type both ways",
    though its spec names protobuf first.
    """
    block = operation(visit.open("docs/diadoc"), "update_my_user")

    executed(block)

    shown = block.locator(".live-responses-table")
    expect(shown).to_contain_text('"Login": "login@kontur.ru"')
    expect(shown).to_contain_text("content-type: application/json")
    curl = block.locator(".curl").first
    expect(curl).to_contain_text("DiadocAuth ddauth_api_client_id=demo-api-client,ddauth_token=")
    expect(curl).to_contain_text("Content-Type: application/json")


def test_the_page_signs(visit: Visit) -> None:
    """
    "Kraken's nonce and signature are computed in the browser": two clicks send two rising nonces,
    each with the signature that the authentication guide describes.
    """
    page = visit.open("docs/kraken")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "PATCH" else None)
    block = operation(page, "update_user")

    executed(block)
    executed(block)

    private_key = "ZGVtby1zZWNyZXQtZm9yLXN3YWdnZXItdWktb25seS1ub3QtYS1yZWFsLWtleSEh"
    nonces = [int(request.headers["api-nonce"]) for request in sent]
    # The path without a prefix is signed: it fits whether the gateway knows the prefix or not.
    local = visit.site.removesuffix("/")
    assert sorted(set(nonces)) == nonces
    assert [
        kraken_signature(private_key, request.url.removeprefix(local), str(nonce), body)
        for request, nonce in zip(sent, nonces, strict=True)
        if (body := request.post_data_buffer)
    ] == [request.headers["api-sign"] for request in sent]


def test_without_a_secure_context_the_page_says_why_it_cannot_sign(visit: Visit) -> None:
    """
    Browsers compute signatures on pages by HTTPS and of this machine only (Secure Contexts, W3C).
    """
    # What a page of another host has by plain HTTP.
    visit.page.add_init_script(
        "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined})"
    )
    page = visit.open("docs/kraken")
    block = operation(page, "get_user")

    executed(block)

    expect(block.locator(".live-responses-table")).to_contain_text("on secure pages only")


def test_the_rules_of_a_field_stand_beside_it(visit: Visit) -> None:
    """
    "Our rules are visible: x-lock ('locked once VERIFIED'), x-mask, x-pii, x-basis with its
    sentence beside each field, also in the schema view; an individual's first name is not 'Name of
    the business'".
    """
    page = visit.open("docs/machnet")
    block = operation(page, "update_user")
    block.locator(".tablinks", has_text="Schema").first.click()

    rows = block.locator(".opblock-section-request-body tr.property-row")
    first_names = rows.filter(has=page.get_by_role("cell", name="first_name", exact=True))
    expect(first_names).to_have_count(2)
    for row, kind, shared in (
        (first_names.nth(0), "First name.", "name.given"),
        (first_names.nth(1), "Name of the business.", "organization.legal_name"),
    ):
        for words in (kind, "locked once VERIFIED", "personal", f"shared as {shared}", "inferred"):
            expect(row).to_contain_text(words)
    expect(first_names.nth(0)).to_contain_text("'User Object' requires a first name")

    page.locator(".models-control").click()
    model = page.locator(".model-container", has_text="VirtualDocument").last
    model.locator("button").first.click()
    expect(model).to_contain_text("masked in responses")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_opened_operation_is_accessible(visit: Visit, scheme: str) -> None:
    """
    "axe-core: 0 serious or critical violations on every page including Swagger UI", also once an
    operation with its schema, its response and the dialog for credentials are open.
    """
    visit.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page = visit.open("docs/machnet")
    block = operation(page, "update_user")
    executed(block)
    assert [] == visit.violations()
    block.locator(".tablinks", has_text="Schema").first.click()
    assert [] == visit.violations()
    page.locator(".btn.authorize").click()
    page.locator(".modal-ux").wait_for()

    assert [] == visit.violations()


def test_an_operation_is_executed_by_keyboard(visit: Visit) -> None:
    """
    "Complete keyboard walk": Tab leads to an operation and to Execute, Enter presses them.
    """
    page = visit.open("docs/navixy")

    press_until(page, '.opblock[id$="-get_info"] .opblock-summary-control')
    block = operation(page, "get_info")
    press_until(page, '.opblock[id$="-get_info"] .execute')

    assert "200" == status_of(block)


def press_until(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus, and then Enter."""
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not lead to {selector}")


# --- Without the demo data ---------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """A gateway in test mode without the demo data."""
    folder = tmp_path_factory.mktemp("plain")
    with GatewayProcess.serving(
        folder,
        "--test-mode",
        settings={"PROFILEGATE_ADMIN_TOKEN": "a-token"},
        log=folder / "log",
        patience_seconds=MODULE_MAX_SECONDS,
    ) as process:
        yield process


def test_an_error_response_leads_to_its_explanation(
    browser: Browser, plain: GatewayProcess
) -> None:
    """
    "An error response offers a link to its explanation"; and without the demo data no credential
    is filled in, so that there is an error.
    """
    with visiting(browser, f"http://127.0.0.1:{plain.port}/", expected=frozenset({401})) as visit:
        page = visit.open("docs/machnet")
        block = operation(page, "get_user")

        status = executed(block)

        headers = block.locator(".live-responses-table").inner_text()
        link = block.locator(".explain a")
        assert "401" == status
        assert (link.get_attribute("href") or "").startswith(f"{visit.site}journal/")
        assert (link.get_attribute("href") or "").rsplit("/", 1)[1] in headers


def test_own_credentials_are_entered_as_a_user_has_them(
    browser: Browser, plain: GatewayProcess
) -> None:
    """
    The Authorize dialog asks for a key and a secret, not for a nonce and a signature.
    """
    new = json.dumps({"provider": "kraken", "tenant": "own"}).encode()
    shown = plain.send("POST", "/credentials", body=new, headers=ADMIN).json()["shown"]
    with visiting(browser, f"http://127.0.0.1:{plain.port}/") as visit:
        page = visit.open("docs/kraken")
        page.locator(".btn.authorize").click()
        parts = page.locator(".auth-container")
        assert 2 == parts.count()
        for part, value in zip(parts.all(), (shown["API-Key"], shown["private_key"]), strict=True):
            part.locator("input").fill(value)
            part.locator("button.authorize").click()
        page.locator(".btn-done").first.click()

        assert "201" == executed(operation(page, "create_user"))


@every_spec
def test_only_the_demo_data_is_filled_in(
    browser: Browser, plain: GatewayProcess, name: str
) -> None:
    """
    "In demo mode only": elsewhere the page is told no credential, and none is entered.
    """
    with visiting(browser, f"http://127.0.0.1:{plain.port}/") as visit:
        page = visit.open(f"docs/{name}")

        settings = page.locator("#swagger-ui").get_attribute("data-settings") or ""
        assert json.loads(settings)["demo"] is None
        expect(page.locator(".authorization__btn.locked")).to_have_count(0)
        expect(page.locator(".notice")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "operation_id"), [("navixy", "log_in"), ("diadoc", "authenticate_v1")]
)
def test_no_password_of_the_demo_data_is_filled_in(
    browser: Browser, plain: GatewayProcess, name: str, operation_id: str
) -> None:
    """
    An example of a request whose name is `demo` is shown with the demo data only.
    """
    with visiting(browser, f"http://127.0.0.1:{plain.port}/") as visit:
        block = operation(visit.open(f"docs/{name}"), operation_id)

        typed = [each.input_value() for each in block.locator("input, textarea").all()]

    assert typed
    assert not any("demo-password" in each for each in typed)


def test_a_value_that_is_not_there_leaves_the_page_usable(visit: Visit) -> None:
    """
    Someone may have erased the person whose id the page reads when it opens.
    """
    visit.expected = {404}
    visit.page.route("**/accounts/**", lambda route: route.fulfill(status=404))
    page = visit.open("docs/profiles")

    assert "200" == executed(operation(page, "list_profiles"))


# --- Behind a proxy ----------------------------------------------------------------------


@needs_nginx
def test_signatures_fit_behind_a_proxy_that_does_not_tell_its_prefix(
    browser: Browser, demo: GatewayProcess, tmp_path: Path
) -> None:
    """
    Requests go to the public path, and signatures fit the path that the gateway gets; in all other
    tests the proxy tells the gateway the prefix that it removes.
    """
    updates = [
        (name, each.id)
        for name in spec_names()
        for each in load_spec(name).operations()
        if each.is_update
    ]
    statuses = {}
    with published(tmp_path, demo) as address, visiting(browser, f"{address}bare/") as visit:
        for name, operation_id in updates:
            page = visit.open(f"docs/{name}")
            statuses[name] = executed(operation(page, operation_id))

    assert {"200"} == set(statuses.values()), statuses
    assert 4 == len(statuses)
