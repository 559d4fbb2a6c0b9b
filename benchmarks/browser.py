"""A signed-in page of headless Chromium, and what Chromium's own counters say of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.running import Running

FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
CPU = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")


@contextmanager
def signed_in_page(running: Running) -> Iterator[Page]:
    """1440 by 900 pixels, signed in as the demo's owner, after a first page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium, "Chromium is missing: `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        context = browser.new_context(base_url=running.product.url, viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.set_default_timeout(30_000)
        email, password = running.product.sign_in()
        page.goto("/sign-in/")
        page.get_by_label("Work e-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/workflows")
        try:
            yield page
        finally:
            browser.close()


@dataclass(frozen=True, slots=True)
class Counters:
    """`Performance.getMetrics` of a page, over the DevTools protocol."""

    session: CDPSession

    @classmethod
    def of(cls, page: Page) -> Counters:
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        return cls(session)

    def cpu_ms(self) -> float:
        """Script, style and layout so far."""
        found = self._read()
        return sum(found[name] for name in CPU) * 1000

    def heap_mb(self) -> float:
        """Live JavaScript objects, after a collection."""
        self.session.send("HeapProfiler.collectGarbage")
        return self._read()["JSHeapUsedSize"] / 1e6

    def _read(self) -> dict[str, float]:
        answer = self.session.send("Performance.getMetrics")
        return {metric["name"]: float(metric["value"]) for metric in answer["metrics"]}
