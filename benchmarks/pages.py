"""What a page costs to load: KiB of JavaScript and CSS (gzip), and requests.

Each page is opened in headless Chromium with an empty cache, against the whole product, until nothing more
came for a second. Bodies of scripts and styles are compressed here with gzip at level 6, so that the figure
does not depend on how they were sent; fonts apart. The editor is opened on an example, no code shown.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from playwright.sync_api import Browser, BrowserContext, Error, Page, Response

from benchmarks.browser import signed_in_page
from benchmarks.figure import Figure
from benchmarks.running import Running, running_product

LIST_KIB, EDITOR_KIB, EDITOR_REQUESTS = 230, 300, 25
READY = "main h1, .react-flow__pane"  # the page itself has come, not only what all pages share
LISTS = {"workflows": "/workflows", "runs": "/runs", "datasets": "/datasets", "account": "/account"}


def figures() -> Iterator[Figure]:
    with running_product() as running, signed_in_page(running) as page:
        workflow_id = running.api("GET", "workflows/")["results"][0]["id"]
        run_id = _some_run(running, workflow_id)
        for name, path in LISTS.items():
            yield from _page_figures(page, f"page {name}", path, LIST_KIB, None)
        yield from _page_figures(page, "page run", f"/runs/{run_id}", EDITOR_KIB, None)
        editor = f"/workflows/{workflow_id}"
        yield from _page_figures(page, "page editor", editor, EDITOR_KIB, EDITOR_REQUESTS)


def _some_run(running: Running, workflow_id: str) -> str:
    runs = running.api("GET", "runs/")["results"]
    if runs:
        return str(runs[0]["id"])
    run_id = running.start_run(workflow_id)
    running.wait_for_run(run_id)
    return run_id


def _page_figures(
    signed_in: Page, name: str, path: str, kib: float, requests: float | None
) -> Iterator[Figure]:
    code_kib, sent_kib, count = _load(signed_in, path)
    yield Figure(f"{name}, JS and CSS", code_kib, "KiB gz", kib, note=f"{sent_kib:.0f} KiB over the wire")
    yield Figure(f"{name}, requests", count, "requests", requests)


def _load(signed_in: Page, path: str) -> tuple[float, float, int]:
    """KiB of code compressed here, KiB of code as sent, and the number of requests."""
    context = _fresh_context(signed_in)
    try:
        page = context.new_page()
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))
        page.goto(path)
        page.locator(READY).first.wait_for()
        _let_rest(page, answers)
        code = [answer for answer in answers if _is_code(answer)]
        compressed = sum(len(gzip.compress(_body(answer), 6)) for answer in code)
        sent = sum(answer.request.sizes()["responseBodySize"] for answer in code)
        return compressed / 1024, sent / 1024, len(answers)
    finally:
        context.close()


def _let_rest(page: Page, answers: list[Response]) -> None:
    """Until nothing more came for a second. (`networkidle` happens once, perhaps before lazy modules.)"""
    for _ in range(15):
        before = len(answers)
        page.wait_for_timeout(1000)
        if len(answers) == before:
            return


def _fresh_context(signed_in: Page) -> BrowserContext:
    """The same session in a browser context with an empty cache."""
    browser = signed_in.context.browser
    assert isinstance(browser, Browser)
    origin = signed_in.url.split("/workflows")[0]
    return browser.new_context(
        base_url=origin,
        storage_state=signed_in.context.storage_state(),
        viewport={"width": 1440, "height": 900},
    )


def _is_code(answer: Response) -> bool:
    """Scripts and styles by what they are: a preloaded module has no type of request."""
    kind = answer.headers.get("content-type", "")
    return kind.startswith(("text/css", "text/javascript", "application/javascript"))


def _body(answer: Response) -> bytes:
    try:
        return answer.body()
    except Error:  # a redirect has none
        return b""
