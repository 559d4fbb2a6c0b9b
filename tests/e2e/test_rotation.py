"""A person renews a credential and takes that back; a step of the guide renews another one from a vault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, node
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints
from tests.e2e.peer import echoing_peer
from tests.e2e.test_python import import_script
from tests.secret_stores.openbao import OpenBao, openbao

BLOCK = Path(__file__).parents[1] / "guide" / "blocks" / "rotation_basic.txt"
BUILDER = "from kailash.workflow.builder import WorkflowBuilder\n\nworkflow = WorkflowBuilder()\n"
NAME, OLD, NEW = "Partner feed", "canary-41c07d9be6f2a853", "canary-b95e20f7d3814ac6"


@pytest.fixture
def vault(api: Api) -> Iterator[OpenBao]:
    """A vault that the workspace may open, with a new value for `api_key`."""
    with openbao() as found:
        found.put("api_key", {"value": NEW})
        opener = {"address": found.address, "token": found.token}
        api.call("POST", "credentials/", {"name": "vault", "type": "vault", "values": opener})
        yield found


def test_a_person_sets_rotation_up_sees_what_it_would_do_and_takes_it_back(
    owner: Page, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    card = keep_a_secret(page)
    set_up(page, card)
    rotate(page, card)
    assert grave_findings(page) == []

    card.get_by_role("button", name="Roll back to 1").click()
    asked = page.get_by_role("dialog")
    expect(asked).to_contain_text("Version 1 comes into force again")
    asked.get_by_role("button", name="Roll back").click()
    expect(card).to_contain_text("Rolled back by")
    expect(steps(card)).to_contain_text("Go back")
    expect(version(page)).to_have_text("1")
    expect(card.get_by_role("button", name="Roll back to 1")).to_have_count(0)
    assert OLD not in page.content()


def test_the_step_of_the_guide_renews_from_a_vault_and_the_credential_shows_it(
    owner: Page, api: Api, vault: OpenBao, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    key = {"name": "api_key", "type": "bearer_token", "values": {"token": OLD}, "expires_at": soon}
    made = api.call("POST", "credentials/", key)
    import_script(page, "Keep the key fresh", BUILDER + BLOCK.read_text(encoding="utf-8"))

    page.get_by_role("button", name="Run", exact=True).click()
    expect(canvas.step(page, "credential_rotator").locator(".node.is-succeeded")).to_be_visible()
    canvas.step(page, "credential_rotator").click()
    canvas.inspector(page).get_by_role("tab", name="Output").click()
    expect(canvas.inspector(page)).to_contain_text("success")

    page.goto(f"/credentials?credential={made['id']}")
    card = rotation(page)
    expect(steps(card)).to_contain_text("A new value from Vault, kept as version 2.")
    expect(card).to_contain_text("Renewed 1 d before it expires")
    expect(version(page)).to_have_text("2")
    expect(page.get_by_role("region", name="Impact")).to_contain_text("Keep the key fresh")
    card.get_by_role("button", name="Rotate now").click()
    expect(page.get_by_role("dialog")).to_contain_text("1 workflow, 0 running now: Keep the key fresh")
    assert NEW not in page.content()
    assert NEW not in json.dumps(api.call("GET", f"credentials/{made['id']}/rotation/"))
    assert sent_by_a_step(api) == f"Bearer {NEW}"


def sent_by_a_step(api: Api) -> str | None:
    """What a service gets of a step that proves itself with the credential."""
    with echoing_peer() as peer:
        config = {"url": peer.url, "credential": {"name": "api_key"}}
        run = api.run(api.new_workflow("Ask with it", [node("ask", "HTTPRequestNode", config)]))
        api.wait_for_end(run["id"])
    return peer.received[0].get("authorization")


def keep_a_secret(page: Page) -> Locator:
    """The rotation of a new credential that a person has entered."""
    page.goto("/credentials")
    page.get_by_role("button", name="Credential", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Kind").select_option("Secret text")
    dialog.get_by_label("Name").fill(NAME)
    dialog.get_by_label("Value").fill(OLD)
    dialog.get_by_role("button", name="Create").click()
    card = rotation(page)
    expect(card).to_contain_text("Nobody looks after it.")
    return card


def set_up(page: Page, card: Locator) -> None:
    card.get_by_role("button", name="Set up").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Kind")).to_have_value("generated")
    dialog.get_by_label("Characters", exact=True).fill("48")
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Renewed when somebody asks for it")


def rotate(page: Page, card: Locator) -> None:
    """What would be done is told first; then it is done."""
    card.get_by_role("button", name="Rotate now").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("0 workflows, 0 running now")
    expect(dialog.get_by_role("listitem")).to_have_count(5)
    expect(dialog).to_contain_text("Steps that begin from then on use version 2.")
    expect(version(page)).to_have_text("1")
    dialog.get_by_role("button", name="Rotate").click()

    expect(version(page)).to_have_text("2")
    for step in ("Create", "Set", "Test", "Finish"):
        expect(steps(card).get_by_role("listitem").filter(has_text=step).first).to_have_class("is-done")
    expect(steps(card)).to_contain_text("Version 1 is ended from")


def rotation(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Credential").get_by_role("region", name="Rotation")


def steps(card: Locator) -> Locator:
    return card.get_by_role("list", name="Steps of the newest rotation")


def version(page: Page) -> Locator:
    """The number of the version in force, as the credential's page says it."""
    figures = page.get_by_role("complementary", name="Credential").locator("dl.figures > div")
    return figures.filter(has_text="Version").locator("dd")
