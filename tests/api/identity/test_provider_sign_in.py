"""Sign-in by a real OpenID provider: claims give and take roles, and whatever is odd is refused whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import LazySettings

from accounts.models import AuditEntry, IdentityLink, IdentityProvider, Role, Tenant, User
from accounts.services import deactivate_user
from tests.api.identity.conftest import Browser, set_up_app
from tests.contract import Api
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProcess, identity_provider
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db
PUBLIC = "http://lockgate.test"
MAPPING = [
    {"claim": "groups", "contains": "makers", "role": "editor"},
    {"claim": "groups", "contains": "watchers", "role": "viewer"},
    {"claim": "clearance", "attribute": "clearance"},
]


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IdentityProcess]:
    with identity_provider(tmp_path_factory.mktemp("oidc"), f"{PUBLIC}/sign-in/return/") as running:
        yield running


@pytest.fixture(autouse=True)
def opened(process: IdentityProcess, settings: LazySettings) -> None:
    settings.PUBLIC_URL = PUBLIC
    settings.EGRESS_ALLOW = process.place
    process.people_file.write_text("{}")
    process.tell("ada", email="ada@corp.example", email_verified=True, name="Ada", groups=["makers"])


def make_provider(owner: User, process: IdentityProcess, **more: Any) -> str:
    body = {
        "key": "corp",
        "label": "Corp",
        "issuer": process.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scopes": ["openid", "email", "profile", "work"],
        "mapping": MAPPING,
        "creates_people": True,
        **more,
    }
    answer = Api(owner).post("identity-providers/", body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


@pytest.fixture
def provider(owner: User, process: IdentityProcess) -> str:
    return make_provider(owner, process)


def go(browser: Browser, provider: str, process: IdentityProcess, person: str = "ada") -> str:
    """Away to the provider, signed in there: the address to which one is sent back."""
    away = browser.client.get(f"/sign-in/by/{provider}/?next=/runs")
    assert away.status_code == 302, away.content
    return process.sign_in(away["Location"], person).removeprefix(PUBLIC)


def come(browser: Browser, provider: str, process: IdentityProcess, person: str = "ada") -> Any:
    return browser.client.get(go(browser, provider, process, person))


def roles_of(browser: Browser) -> list[str]:
    return sorted(role["key"] for role in browser.get("me/").json()["roles"])


def refused(answer: Any) -> str:
    assert answer.status_code == 403
    page = answer.content.decode()
    return page.partition("<code>")[2].partition("</code>")[0]


def test_somebody_new_comes_with_the_roles_of_their_claims(provider: str, process: IdentityProcess) -> None:
    browser = Browser()

    answer = come(browser, provider, process)

    assert answer["Location"] == "/runs"
    assert browser.get("me/").json()["email"] == "ada@corp.example"
    assert roles_of(browser) == ["editor"]


def test_another_claim_changes_roles_and_attributes_at_the_next_sign_in(
    provider: str, process: IdentityProcess, tenant: Tenant
) -> None:
    come(Browser(), provider, process)
    person = User.objects.get(email="ada@corp.example")
    person.groups.add(Role.objects.get(tenant=tenant, key="analyst"))
    process.tell("ada", email="other@corp.example", groups=["watchers"], clearance="secret")
    browser = Browser()

    come(browser, provider, process)

    assert roles_of(browser) == ["analyst", "viewer"], "what the mapping does not name stays"
    assert browser.get("me/").json()["attributes"]["clearance"] == "secret"
    assert (
        browser.post("workflows/", {"name": "No", "graph": {"nodes": [], "connections": []}}).status_code
        == 403
    )
    entry = AuditEntry.objects.filter(action="user.roles", object_id=str(person.pk)).latest("id")
    assert "Corp" in entry.reason


def test_a_claim_that_does_not_fit_the_attribute_takes_it_away(
    provider: str, process: IdentityProcess
) -> None:
    process.tell("ada", email="ada@corp.example", groups=[], clearance="secret")
    come(Browser(), provider, process)
    process.tell("ada", email="ada@corp.example", groups=[], clearance="omnipotent")
    browser = Browser()

    come(browser, provider, process)

    assert "clearance" not in browser.get("me/").json()["attributes"]


def test_a_return_counts_once(provider: str, process: IdentityProcess) -> None:
    browser = Browser()
    back = go(browser, provider, process)
    browser.client.get(back)
    browser.client.post("/sign-out/")

    assert refused(browser.client.get(back)) == "unknown_state"
    assert browser.get("me/").status_code == 401


def test_a_return_counts_in_the_browser_that_left_alone(provider: str, process: IdentityProcess) -> None:
    victim = Browser()

    assert refused(victim.client.get(go(Browser(), provider, process))) == "unknown_state"
    assert User.objects.filter(email="ada@corp.example").count() == 0


def test_a_code_of_another_sign_in_is_refused(provider: str, process: IdentityProcess) -> None:
    """PKCE and the nonce: a stolen code is of no use in another browser's return."""
    stolen = parse_qs(urlsplit(go(Browser(), provider, process)).query)["code"][0]
    browser = Browser()
    mine = parse_qs(urlsplit(go(browser, provider, process)).query)

    answer = browser.client.get("/sign-in/return/?" + urlencode({"state": mine["state"][0], "code": stolen}))

    assert refused(answer) == "provider_broken"
    assert browser.get("me/").status_code == 401


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "no_code"),
        ({"error": "access_denied"}, "access_denied"),
        ({"error": "<script>"}, "provider_refused"),
        ({"code": "x", "iss": "https://evil.example"}, "mixed_up"),
        ({"code": "nonsense"}, "provider_broken"),
    ],
)
def test_an_odd_return_is_refused(
    provider: str, process: IdentityProcess, query: dict[str, str], code: str
) -> None:
    browser = Browser()
    state = parse_qs(urlsplit(go(browser, provider, process)).query)["state"][0]

    answer = browser.client.get("/sign-in/return/?" + urlencode({"state": state, **query}))

    assert refused(answer) == code
    assert "<script>" not in answer.content.decode()


def test_an_address_alone_makes_nobody_somebody(
    provider: str, process: IdentityProcess, owner: User, tenant: Tenant
) -> None:
    process.tell("ada", email=owner.email, email_verified=True, groups=[])

    assert refused(come(Browser(), provider, process)) == "not_joined"
    assert not IdentityLink.objects.exists()


def test_a_verified_address_is_joined_where_that_is_allowed(owner: User, process: IdentityProcess) -> None:
    provider = make_provider(owner, process, links_by_email=True, mapping=[])
    process.tell("eve", email=owner.email, email_verified=False)
    process.tell("own", email=owner.email.upper(), email_verified=True)

    assert refused(come(Browser(), provider, process, "eve")) == "not_joined"
    browser = Browser()
    come(browser, provider, process, "own")
    assert browser.get("me/").json()["id"] == str(owner.pk)


def test_an_address_of_another_workspace_is_never_joined(owner: User, process: IdentityProcess) -> None:
    provider = make_provider(owner, process, links_by_email=True)
    foreign = make_user(make_tenant("Other"), "owner")
    process.tell("ada", email=foreign.email, email_verified=True)

    assert refused(come(Browser(), provider, process)) == "not_joined"


def test_nobody_new_comes_where_people_are_not_made(owner: User, process: IdentityProcess) -> None:
    provider = make_provider(owner, process, creates_people=False)

    assert refused(come(Browser(), provider, process)) == "not_joined"


def test_who_is_not_active_stays_outside(provider: str, process: IdentityProcess) -> None:
    come(Browser(), provider, process)
    deactivate_user(User.objects.get(email="ada@corp.example"))

    assert refused(come(Browser(), provider, process)) == "inactive"


def test_a_second_factor_set_up_here_is_asked_after_the_provider(
    provider: str, process: IdentityProcess
) -> None:
    browser = Browser()
    come(browser, provider, process)
    set_up_app(browser)

    again = Browser()

    assert come(again, provider, process)["Location"] == "/sign-in/code/"
    assert again.get("me/").status_code == 401


def test_claims_cannot_lock_everybody_out(owner: User, process: IdentityProcess) -> None:
    provider = make_provider(
        owner,
        process,
        links_by_email=True,
        mapping=[{"claim": "groups", "contains": "bosses", "role": "owner"}],
    )
    process.tell("ada", email=owner.email, email_verified=True, groups=[])

    assert refused(come(Browser(), provider, process)) == "lock_out"
    assert Role.objects.filter(user=owner, key="owner").exists()
    assert not IdentityLink.objects.exists()


def test_a_private_address_is_not_asked_unless_the_operator_opened_it(
    provider: str, settings: LazySettings
) -> None:
    settings.EGRESS_ALLOW = ""

    assert refused(Browser().client.get(f"/sign-in/by/{provider}/")) == "provider_unreachable"


def test_a_provider_that_is_off_signs_nobody_in(provider: str, process: IdentityProcess) -> None:
    browser = Browser()
    back = go(browser, provider, process)
    IdentityProvider.objects.update(enabled=False)

    assert refused(browser.client.get(back)) == "provider_off"
    assert refused(browser.client.get(f"/sign-in/by/{provider}/")) == "provider_off"


def test_the_sign_in_page_names_the_providers_of_the_workspace(provider: str, tenant: Tenant) -> None:
    assert "Sign in with Corp" in Browser().client.get("/sign-in/").content.decode()
    make_tenant("Other")

    assert "Sign in with Corp" not in Browser().client.get("/sign-in/").content.decode()
    page = Browser().client.get(f"/sign-in/?workspace={tenant.slug}").content.decode()
    assert "Sign in with Corp" in page


def test_who_comes_by_a_provider_gets_no_password_by_mail(
    provider: str, process: IdentityProcess, settings: LazySettings, mailoutbox: list[Any]
) -> None:
    settings.EMAIL_CONFIGURED = True
    come(Browser(), provider, process)

    Browser().client.post("/password/reset/", {"email": "ada@corp.example"})

    assert not mailoutbox
