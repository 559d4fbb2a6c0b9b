"""A person keeps a token where a step needs it; the step uses it, and nobody sees it again."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints
from tests.e2e.peer import Peer, echoing_peer
from tests.product import Product

TOKEN = "canary-7f3a9c51e2d84b06"


def test_a_credential_made_in_the_form_is_used_and_seen_nowhere(
    owner: Page, api: Api, product: Product, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    complaints.expect(r"(409|422) .*/credentials/")
    page.goto("/workflows")
    canvas.new_workflow(page, "Ask the bureau")

    with echoing_peer() as peer:
        draw_the_request(page, peer)
        keep_the_token(page)
        page.get_by_role("button", name="Run", exact=True).click()
        expect(canvas.step(page, "http_request").locator(".node.is-succeeded")).to_be_visible()
        see_it_masked(page)
        see_who_uses_it(page)
        try_it(page, peer)

    assert [request["authorization"] for request in peer.received] == [f"Bearer {TOKEN}"] * 2
    assert_seen_nowhere(api, product)


def draw_the_request(page: Page, peer: Peer) -> None:
    canvas.drag_from_library(page, "HTTP request", x=300, y=200)
    canvas.inspector(page).get_by_label("URL").fill(f"{peer.url}/report")


def keep_the_token(page: Page) -> None:
    canvas.inspector(page).get_by_role("button", name="New credential").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Bureau API")
    dialog.get_by_label("Token").fill(TOKEN)
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Create").click()
    expect(canvas.inspector(page).get_by_label("Credential", exact=True)).to_have_value("Bureau API")


def see_it_masked(page: Page) -> None:
    canvas.step(page, "http_request").click()
    canvas.inspector(page).get_by_role("tab", name="Output").click()
    canvas.inspector(page).get_by_text("JSON", exact=True).click()
    expect(canvas.inspector(page).get_by_text("you sent")).to_be_visible()
    assert TOKEN not in page.content()


def see_who_uses_it(page: Page) -> None:
    page.get_by_role("link", name="Credentials", exact=True).click()
    page.get_by_role("link", name="Bureau API").click()
    detail = page.get_by_role("complementary", name="Credential")
    expect(detail.get_by_text("kept encrypted")).to_be_visible()
    expect(detail.get_by_role("region", name="Last uses")).to_contain_text("Ask the bureau")
    assert grave_findings(page) == []
    assert TOKEN not in page.content()


def try_it(page: Page, peer: Peer) -> None:
    detail = page.get_by_role("complementary", name="Credential")
    detail.get_by_role("button", name="Test").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_text("Say an address that takes it")).to_be_visible()
    dialog.get_by_label("Address").fill(f"{peer.url}/me")
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Test").click()
    expect(detail.get_by_text("Its last test passed.")).to_be_visible()
    expect(page.get_by_role("table", name="Credentials")).to_contain_text("works")
    assert TOKEN not in page.content()


def assert_seen_nowhere(api: Api, product: Product) -> None:
    run = api.call("GET", "runs/?limit=1")["results"][0]
    told = [
        api.call("GET", path)
        for path in (
            f"runs/{run['id']}/",
            f"runs/{run['id']}/events/",
            f"runs/{run['id']}/logs/",
            f"runs/{run['id']}/nodes/http_request/",
            f"workflows/{run['workflow']['id']}/export/?format=json",
            "credentials/",
        )
    ]
    assert TOKEN not in json.dumps(told)
    assert all(
        TOKEN not in log.read_text(errors="replace") for log in (product.data_dir / "logs").glob("*.log")
    )
