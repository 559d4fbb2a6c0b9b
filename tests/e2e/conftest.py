"""One running product for all browser tests, and a signed-in page for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect

from tests.e2e.api import Api
from tests.e2e.complaints import Complaints
from tests.product import Product

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    data_dir = tmp_path_factory.mktemp("product") / "data"
    started = Product(data_dir, environment={"EGRESS_ALLOW": "127.0.0.1"})
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))),
        None,
    )
    assert found, "Chromium is missing: run `make test`, which installs it"
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": found,
        "args": [*flags, "--disable-component-update", "--disable-sync"],
    }


@pytest.fixture(scope="session")
def base_url(product: Product) -> str:
    return product.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


class People:
    """Browser state of the demo's people. Each signs in once: sign-ins are limited per minute and address."""

    def __init__(self, browser: Browser, product: Product) -> None:
        self._browser = browser
        self._product = product
        self._states: dict[str, StorageState] = {}

    def signed_in(self, role: str) -> StorageState:
        if role not in self._states:
            email, password = self._product.sign_in()
            context = self._browser.new_context(base_url=self._product.url)
            sign_in(context.new_page(), email.replace("owner", role), password)
            self._states[role] = context.storage_state()
            context.close()
        return self._states[role]


@pytest.fixture(scope="session")
def people(browser: Browser, product: Product) -> People:
    return People(browser, product)


@pytest.fixture
def page_of(people: People, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """`page_of("viewer")`: a page of a fresh context in which that person of the demo is signed in."""

    def open_page(role: str, **settings: Any) -> Page:
        return new_context(storage_state=people.signed_in(role), **settings).new_page()

    return open_page


@pytest.fixture
def owner(page_of: Callable[..., Page]) -> Page:
    """A page on which the demo's owner has signed in."""
    return page_of("owner")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Watches pages; the test fails when one of them wrote an error on its console or broke."""
    heard = Complaints()
    yield heard
    assert heard.list == []


@pytest.fixture(scope="session")
def api(product: Product) -> Api:
    return Api(product, product.token())


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/workflows")


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures")
