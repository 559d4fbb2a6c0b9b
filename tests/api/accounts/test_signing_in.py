from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.people import PASSWORD, make_user, signed_in

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"
SIGN_OUT = "/sign-out/"


def sign_in(client: Client, email: str, password: str, **more: str) -> object:
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def test_the_right_password_leads_to_the_workflows(client: Client, editor: User) -> None:
    response = sign_in(client, editor.email.upper(), PASSWORD)

    assert response.status_code == 302
    assert response["Location"] == "/workflows"
    assert client.get("/api/v1/me/").json()["email"] == editor.email


def test_after_signing_in_one_is_where_one_wanted_to_be(client: Client, editor: User) -> None:
    assert client.get("/runs")["Location"] == "/sign-in/?next=/runs"

    assert sign_in(client, editor.email, PASSWORD, next="/runs")["Location"] == "/runs"


def test_signing_in_never_leads_to_another_site(client: Client, editor: User) -> None:
    response = sign_in(client, editor.email, PASSWORD, next="https://evil.example/")

    assert response["Location"] == "/workflows"


def test_a_wrong_password_and_an_unknown_e_mail_look_the_same(client: Client, editor: User) -> None:
    wrong = sign_in(client, editor.email, "wrong").content.decode()
    unknown = sign_in(client, "nobody@example.com", "wrong").content.decode()

    def told(page: str) -> list[str]:
        return re.findall(r'role="alert">.*?<span>(.*?)</span>', page, re.DOTALL)

    assert told(wrong)
    assert told(wrong) == told(unknown)


def test_a_password_is_never_written_back_into_the_page(client: Client, editor: User) -> None:
    assert "hunter22222" not in sign_in(client, editor.email, "hunter22222").content.decode()


def test_guessing_is_rate_limited_and_the_right_password_waits_too(client: Client, editor: User) -> None:
    for _ in range(5):
        sign_in(client, editor.email, "wrong")

    response = sign_in(client, editor.email, PASSWORD)

    assert client.get("/api/v1/me/").status_code == 401
    assert "Too many" in response.content.decode()


def test_many_tries_from_one_address_are_429_with_a_page(client: Client, editor: User) -> None:
    answers = [sign_in(client, f"{number}@example.com", "wrong") for number in range(31)]

    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()


def test_an_inactive_account_is_told_so_only_with_the_right_password(client: Client, editor: User) -> None:
    User.objects.filter(pk=editor.pk).update(is_active=False)

    assert sign_in(client, editor.email, PASSWORD)["Location"] == "/sign-in/inactive/"
    assert client.get("/sign-in/inactive/").status_code == 200
    assert sign_in(client, editor.email, "wrong").status_code == 200
    assert client.get("/api/v1/me/").status_code == 401


def test_the_form_needs_its_csrf_token(editor: User) -> None:
    client = Client(enforce_csrf_checks=True)

    response = sign_in(client, editor.email, PASSWORD)

    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_signing_out_needs_a_post(editor: User) -> None:
    client = Client()
    client.force_login(editor)

    assert "Sign out" in client.get(SIGN_OUT).content.decode()
    assert client.get("/api/v1/me/").status_code == 200
    assert client.post(SIGN_OUT)["Location"] == SIGN_IN
    assert client.get("/api/v1/me/").status_code == 401


def test_nobody_can_sign_up(client: Client) -> None:
    for path in ("/sign-up/", "/signup/", "/accounts/signup/"):
        assert client.get(path).status_code == 404


def test_a_superuser_goes_to_the_admin_that_others_do_not_see(client: Client, editor: User) -> None:
    root = User.objects.create_superuser("root@example.com", PASSWORD, name="Root")
    client.force_login(root)
    assert client.get("/workflows")["Location"] == "/django-admin/"
    for path in (
        "",
        "accounts/user/",
        "accounts/tenant/",
        "accounts/role/",
        f"accounts/user/{editor.pk}/change/",
    ):
        assert client.get(f"/django-admin/{path}").status_code == 200, path

    assert editor.tenant is not None
    boss = make_user(editor.tenant, "owner")
    User.objects.filter(pk=boss.pk).update(is_staff=True)
    owner = signed_in(boss)
    assert owner.get("/django-admin/")["Location"].startswith("/django-admin/login/")
    assert owner.get("/django-admin/login/")["Location"].startswith(SIGN_IN)


def test_changing_the_password_by_the_page(editor: User) -> None:
    client = Client()
    client.force_login(editor)
    new = "quite another staple"

    response = client.post("/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert response["Location"] == "/account"
    editor.refresh_from_db()
    assert editor.check_password(new)
    assert editor.password.startswith("argon2")


def test_without_an_e_mail_address_the_reset_page_names_the_command(client: Client, editor: User) -> None:
    for page in (client.get("/password/reset/"), client.post("/password/reset/", {"email": editor.email})):
        assert "manage.py changepassword" in page.content.decode()
    assert mail.outbox == []


@pytest.fixture
def can_mail(settings: object) -> None:
    settings.EMAIL_CONFIGURED = True  # type: ignore[attr-defined]


def test_a_reset_link_sets_a_new_password_once(client: Client, editor: User, can_mail: None) -> None:
    new = "quite another staple"

    assert client.post("/password/reset/", {"email": editor.email})["Location"] == "/password/reset/sent/"
    (message,) = mail.outbox
    assert message.to == [editor.email]
    assert message.subject == "Set a new Lockgate password"
    (link,) = re.findall(r"http://testserver(\S+)", str(message.body))
    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert done["Location"] == "/password/reset/done/"
    editor.refresh_from_db()
    assert editor.check_password(new)
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_a_reset_for_an_unknown_e_mail_says_the_same_and_sends_nothing(
    client: Client, can_mail: None
) -> None:
    response = client.post("/password/reset/", {"email": "nobody@example.com"})

    assert response["Location"] == "/password/reset/sent/"
    assert mail.outbox == []


def test_asking_for_resets_is_rate_limited(client: Client, editor: User, can_mail: None) -> None:
    answers = [client.post("/password/reset/", {"email": editor.email}).status_code for _ in range(6)]

    assert answers == [302] * 5 + [429]
    assert len(mail.outbox) == 5
