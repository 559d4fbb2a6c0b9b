from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client, override_settings

from accounts.models import User
from designer.environment import PROJECT_DIR
from tests.people import signed_in

pytestmark = pytest.mark.django_db
TEMPLATES = PROJECT_DIR / "templates"


def directives(response: object) -> dict[str, str]:
    policy = response["Content-Security-Policy"]  # type: ignore[index]
    pairs = (part.strip().partition(" ") for part in policy.split(";"))
    return {name: value for name, _, value in pairs}


def test_a_page_runs_only_scripts_that_carry_its_nonce_or_are_ours(client: Client) -> None:
    first, second = client.get("/sign-in/"), client.get("/sign-in/")

    nonce = re.search(r'nonce="([^"]+)"', first.content.decode())
    assert nonce is not None
    assert directives(first)["script-src"] == f"'self' 'nonce-{nonce[1]}'"
    assert directives(first)["script-src"] != directives(second)["script-src"]
    assert "unsafe" not in first["Content-Security-Policy"]
    assert directives(first)["frame-ancestors"] == "'none'"
    assert directives(first)["object-src"] == "'none'"
    assert directives(first)["base-uri"] == "'none'"


def test_data_may_load_nothing_and_is_not_kept(editor: User) -> None:
    response = signed_in(editor).get("/api/v1/me/")

    assert directives(response)["default-src"] == "'none'"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_refusals_carry_the_headers_too(client: Client) -> None:
    response = client.get("/nothing-here")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
    assert directives(response)["frame-ancestors"] == "'none'"


# Reports are files that people keep, with their own style.
PAGES = [page for page in TEMPLATES.rglob("*.html") if page.parent.name != "reports"]


@pytest.mark.parametrize("template", sorted(PAGES), ids=lambda path: path.name)
def test_no_template_needs_an_exception_from_the_policy(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", text)
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script
        assert "nonce=" in script


@pytest.mark.parametrize(
    ("cookie", "attribute"), [("dark", ' data-theme="dark"'), ('"><script>', ""), ("", "")]
)
def test_the_theme_is_set_before_anything_is_drawn(client: Client, cookie: str, attribute: str) -> None:
    client.cookies["theme"] = cookie

    assert f'<html lang="en"{attribute}>' in client.get("/sign-in/").content.decode()


def test_a_failure_shows_no_traceback(client: Client) -> None:
    client.raise_request_exception = False

    with override_settings(ROOT_URLCONF="tests.api.accounts.failing_urls"):
        response = client.get("/fails")

    assert response.status_code == 500
    assert "Something failed on the server" in response.content.decode()
    assert "secret detail" not in response.content.decode()
