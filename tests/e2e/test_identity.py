"""Who people are: a provider's word and what follows from it, a passkey, and fresh proof before a reveal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.api import Api, code
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints
from tests.e2e.test_access import RULE, chip, finished_run, open_node, side
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProcess, identity_provider
from tests.product import Product

PATIENTS = "result = [{'name': 'Ada', 'national_id': '123-45-6789'}]"
MAPPING = [
    {"claim": "groups", "contains": "owners", "role": "owner"},
    {"claim": "groups", "contains": "makers", "role": "editor"},
    {"claim": "groups", "contains": "watchers", "role": "viewer"},
    {"claim": "clearance", "attribute": "clearance"},
]
# The pages of the provider itself want a font of the internet, and have no icon.
PROVIDERS_OWN = r"fonts\.googleapis\.com|//127\.0\.0\.1:\d+/favicon"
# Two hours pass for what people proved in their sessions.
AGE = """
from accounts.models import AuthSession
from accounts.identity.session_store import SessionStore
for row in AuthSession.objects.all():
    data = row.get_decoded()
    for each in data.get("account_authentication_methods", []):
        each["at"] -= 7200
    row.session_data = SessionStore().encode(data)
    row.save(update_fields=["session_data"])
"""


@pytest.fixture
def corp(product: Product, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProcess]:
    """A provider at which the workspace's people may sign in."""
    with identity_provider(tmp_path_factory.mktemp("oidc"), f"{product.url}/sign-in/return/") as running:
        provider = {
            "key": "corp",
            "label": "Corp",
            "issuer": running.issuer,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scopes": ["openid", "email", "profile", "work"],
            "mapping": MAPPING,
            "creates_people": True,
        }
        made = api.call("POST", "identity-providers/", provider)
        yield running
        api.call("DELETE", f"identity-providers/{made['id']}/")


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], complaints: Complaints) -> Page:
    """A page at which nobody is signed in, on a device with a fingerprint reader."""
    page = complaints.watch(new_context().new_page())
    complaints.expect(PROVIDERS_OWN)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    reader: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": reader})
    return page


@pytest.fixture
def masked_ids(api: Api) -> Iterator[None]:
    rule = api.call("POST", "masks/", {**RULE, "key": "patient-identifiers", "field": "national_id"})
    yield
    api.call("DELETE", f"masks/{rule['id']}/")


def come_by_corp(page: Page, name: str) -> None:
    """Signs in at the provider; it remembers who did so before."""
    page.goto("/sign-in/")
    page.get_by_role("link", name="Sign in with Corp").click()
    page.wait_for_url(lambda address: "/interaction/" in address or address.endswith("/workflows"))
    if "/interaction/" in page.url:
        page.get_by_placeholder("Enter any login").fill(name)
        page.get_by_placeholder("and password").fill("any")
        page.get_by_role("button", name="Sign-in").click()
    page.wait_for_url("**/workflows")


def leave(page: Page) -> None:
    page.goto("/sign-out/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")


def test_an_administrator_looks_after_providers_at_a_page(
    corp: IdentityProcess, owner: Page, complaints: Complaints
) -> None:
    complaints.watch(owner)
    complaints.expect("422")  # the role that there is not
    owner.goto("/identity")
    expect(owner.get_by_role("table", name="Identity providers")).to_contain_text("Corp")
    assert grave_findings(owner) == []

    owner.get_by_role("button", name="Change Corp").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_role("button", name="Check").click()
    expect(dialog).to_contain_text("It answers, with")
    dialog.get_by_label("Role of rule 3").fill("nobody")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".err")).to_contain_text("There is no such role.")
    assert grave_findings(owner) == []
    dialog.get_by_label("Role of rule 3").fill("viewer")
    dialog.get_by_label("Name").fill("Corp again")
    dialog.get_by_label("Name").press("Enter")
    expect(owner.get_by_role("table", name="Identity providers")).to_contain_text("Corp again")


def test_another_claim_at_the_provider_changes_what_a_person_sees(
    corp: IdentityProcess, person: Page
) -> None:
    corp.tell("ada", email="ada@corp.example", name="Ada", groups=["makers"])
    come_by_corp(person, "ada")
    expect(person.get_by_role("button", name="New workflow")).to_be_enabled()
    menu = person.get_by_role("navigation", name="Main")
    expect(menu.get_by_role("link", name="Audit")).to_have_count(0)

    corp.tell("ada", email="ada@corp.example", name="Ada", groups=["watchers"])
    leave(person)
    assert grave_findings(person) == []
    come_by_corp(person, "ada")

    expect(person.get_by_role("heading", name="Workflows")).to_be_visible()
    expect(person.get_by_role("button", name="New workflow")).to_have_count(0)


def test_a_passkey_signs_in_and_is_asked_again_before_a_reveal(
    corp: IdentityProcess,
    person: Page,
    owner: Page,
    api: Api,
    product: Product,
    masked_ids: None,
    complaints: Complaints,
) -> None:
    complaints.expect("403")  # what asks for the proof
    corp.tell("bo", email="bo@corp.example", name="Bo", groups=["owners"], clearance="secret")
    come_by_corp(person, "bo")
    person.goto("/account")
    person.get_by_role("button", name="Add a passkey").click()
    person.get_by_label("Name").fill("Work laptop")
    person.keyboard.press("Enter")
    codes = person.get_by_role("dialog", name="Your recovery codes")
    expect(codes.get_by_role("listitem")).to_have_count(10)
    assert grave_findings(person) == []
    codes.get_by_role("button", name="I have kept them").click()
    expect(person.get_by_role("list", name="Passkeys")).to_contain_text("Work laptop")

    leave(person)
    person.get_by_role("button", name="Use a passkey").click()
    person.wait_for_url("**/workflows")

    run = finished_run(api, api.new_workflow("Patients", [code("read", PATIENTS)]))
    product.manage(
        "shell", "-c", f"from accounts.models import Tenant\nTenant.objects.update(step_up=True){AGE}"
    )
    try:
        open_node(person, run, "read")
        expect(chip(person, "***-**-6789")).to_be_visible()
        side(person).get_by_role("button", name="Reveal").click()
        reveal = person.get_by_role("dialog", name="Reveal the values of this step")
        reveal.get_by_label("Reason").fill("A patient called")
        reveal.get_by_role("button", name="Reveal").click()
        asked = person.get_by_role("dialog", name="Is it you?")
        expect(asked).to_contain_text("Give a second factor to see masked values.")
        expect(side(person)).not_to_contain_text("123-45-6789")
        assert grave_findings(person) == []
        asked.get_by_role("button", name="Use a passkey").click()
        expect(side(person)).to_contain_text("123-45-6789")
    finally:
        product.manage(
            "shell", "-c", "from accounts.models import Tenant; Tenant.objects.update(step_up=False)"
        )

    owner.goto("/people?search=bo%40corp")
    owner.get_by_role("table", name="People").get_by_role("link", name="Bo").click()
    owner.get_by_role("tab", name="Sessions").click()
    factors = owner.get_by_role("region", name="Second factors")
    expect(factors).to_contain_text("1 passkey, 10 recovery codes left")
    factors.get_by_role("button", name="Take second factors away").click()
    owner.get_by_role("dialog").get_by_role("button", name="Take away").click()
    expect(factors).to_contain_text("No second factor is set up.")


def test_who_ends_a_session_elsewhere_ends_its_page(
    corp: IdentityProcess, person: Page, new_context: Callable[..., BrowserContext], complaints: Complaints
) -> None:
    complaints.expect("401")
    corp.tell("cy", email="cy@corp.example", name="Cy", groups=["makers"])
    come_by_corp(person, "cy")
    other = complaints.watch(new_context().new_page())
    come_by_corp(other, "cy")

    person.goto("/account")
    sessions = person.get_by_role("table", name="Sessions")
    expect(sessions.get_by_role("row")).to_have_count(3)
    sessions.get_by_role("button", name="Sign out").click()
    person.get_by_role("dialog").get_by_role("button", name="Sign out").click()

    expect(sessions.get_by_role("row")).to_have_count(2)
    other.reload()
    other.wait_for_url("**/sign-in/**")
