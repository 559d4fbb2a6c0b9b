"""What a browser complains about while a person works: errors, uncaught exceptions, refused styles."""

from __future__ import annotations

import re

from playwright.sync_api import ConsoleMessage, Page


class Complaints:
    """`watch(page)` from its first request on; `list` is what was heard."""

    def __init__(self) -> None:
        self.list: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def watch(self, page: Page) -> Page:
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._add(f"{page.url}: {error}"))
        return page

    def expect(self, pattern: str) -> None:
        """The browser itself logs each answer of 400 and above: a test names those that it provokes."""
        self._expected.append(re.compile(pattern))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._add(f"{message.text} ({message.location['url']})")

    def _add(self, text: str) -> None:
        if not any(pattern.search(text) for pattern in self._expected):
            self.list.append(text)
