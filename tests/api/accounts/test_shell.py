from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_vite.core.asset_loader import DjangoViteAssetLoader

from accounts.models import User
from tests.people import signed_in

pytestmark = pytest.mark.django_db

MANIFEST = {
    "src/main.tsx": {
        "file": "assets/main-1.js",
        "src": "src/main.tsx",
        "isEntry": True,
        "imports": ["_shared-2.js"],
        "css": ["assets/main-3.css"],
    },
    "_shared-2.js": {"file": "assets/shared-2.js"},
}
PAGES = ["workflows", "runs", "approvals", "triggers", "datasets", "credentials", "notices", "account"]
PATHS = [*(f"/{page}" for page in PAGES), "/runs/0a0a0a0a-0000-4000-8000-00000000000a"]


@pytest.fixture
def front_end(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A built front end, as far as its manifest goes; remove the file for one that is not built."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    settings.DJANGO_VITE = {"default": {"dev_mode": False, "manifest_path": manifest}}
    monkeypatch.setattr(DjangoViteAssetLoader, "_instance", None)
    yield manifest


@pytest.mark.parametrize("path", PATHS)
def test_the_interface_is_served_to_who_is_signed_in(editor: User, front_end: Path, path: str) -> None:
    response = signed_in(editor).get(path)

    page = response.content.decode()
    script = re.search(r'<script [^>]*src="/static/assets/main-1.js"[^>]*>', page)
    assert response.status_code == 200
    assert script is not None
    nonce = re.search(r'nonce="([^"]+)"', script[0])
    assert nonce is not None
    assert f"'nonce-{nonce[1]}'" in response["Content-Security-Policy"]
    assert '<div id="root"></div>' in page
    assert response.cookies["csrftoken"].value
    assert not response.cookies["csrftoken"]["httponly"]


@pytest.mark.parametrize("path", PATHS)
def test_others_sign_in_first(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == f"/sign-in/?next={path}"


def test_the_first_page_is_the_workflows(client: Client) -> None:
    assert client.get("/")["Location"] == "/workflows"


@pytest.mark.parametrize("path", ["/workflowsx", "/runs/1", "/account/../x", "/settings"])
def test_a_page_that_is_not_there_is_404(editor: User, path: str) -> None:
    assert signed_in(editor).get(path).status_code == 404


def test_a_front_end_that_is_not_built_says_so(editor: User, front_end: Path) -> None:
    front_end.write_text("{}")

    response = signed_in(editor).get("/workflows")

    assert response.status_code == 503
    assert "make assets" in response.content.decode()
