"""The canvas with 500 and 5,000 steps, in the real editor of the whole product, in headless Chromium.

* Painted: from the arrival of the draft in the page to the first frame whose floor shows the fitted graph.
  A wrapper around the 2D context notes when the floor was first drawn on.
* Pan: three seconds of one wheel event per frame, a quarter of a screen there and back over the fitted
  graph, a whole screen at zoom 1; frames from `requestAnimationFrame`, CPU from Chromium's counters of
  script, style and layout. Headless Chromium draws in software.
* DOM elements below the canvas, and the JavaScript heap of the page after a collection.
* Live event: script, style and layout from pressing Run until the run is over, divided by the run's events,
  which come in batches of 50 ms, as in use.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import sqrt
from typing import Any

from playwright.sync_api import Page

from benchmarks.browser import Counters, signed_in_page
from benchmarks.figure import Figure
from benchmarks.running import Running, running_product

SOFTWARE = "It varies from run to run with software rendering; see the CPU a frame beside it"
PAINTED_S = {500: 0.8, 5000: 1.0}
PAN_FPS = {500: 55, 5000: 50}
STEP_X, STEP_Y = 230, 110
# Pixels per frame, and frames until it turns back: a quarter of a screen, a whole one.
QUARTER, SCREEN = (12, 30), (24, 60)

NOTE_PAINTS = """
(() => {
  const methods = ["fill", "fillRect", "stroke", "drawImage"]
  for (const method of methods) {
    const real = CanvasRenderingContext2D.prototype[method]
    CanvasRenderingContext2D.prototype[method] = function (...given) {
      if (!window.floorPaintedAt && this.canvas.classList.contains("floor")) {
        window.floorPaintedAt = -1
        requestAnimationFrame(() => setTimeout(() => (window.floorPaintedAt = performance.now())))
      }
      return real.apply(this, given)
    }
  }
})()
"""
DRAFT_ARRIVED = """
() => performance.getEntriesByType("resource").find((entry) => entry.name.endsWith("/draft/")).responseEnd
"""
ZOOM = """
() => new DOMMatrix(getComputedStyle(document.querySelector(".react-flow__viewport")).transform).a
"""
PAN = """
([seconds, stride, turn]) => new Promise((resolve) => {
  const pane = document.querySelector(".react-flow__pane")
  const box = pane.getBoundingClientRect()
  const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 }
  const times = []
  let frames = 0
  const started = performance.now()
  let before = started
  const frame = (now) => {
    times.push(now - before)
    before = now
    frames += 1
    const elapsed = performance.now() - started
    if (elapsed > seconds * 1000) {
      resolve({ fps: frames / (elapsed / 1000), frames, worst: Math.max(...times.slice(2)) })
      return
    }
    const way = Math.floor(frames / turn) % 2 ? -stride : stride
    const wheel = { deltaX: way, deltaY: way / 4, bubbles: true, cancelable: true, ...at }
    pane.dispatchEvent(new WheelEvent("wheel", wheel))
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
})
"""


def figures() -> Iterator[Figure]:
    with running_product() as running, signed_in_page(running) as page:
        page.add_init_script(NOTE_PAINTS)
        for steps in PAINTED_S:
            yield from _canvas_figures(running, page, steps)


def _canvas_figures(running: Running, page: Page, steps: int) -> Iterator[Figure]:
    name = f"canvas, {steps:,} steps"
    workflow_id = running.make_workflow(name, grid(steps))
    page.goto(f"/workflows/{workflow_id}")
    page.wait_for_function("() => window.floorPaintedAt > 0")
    painted, arrived = page.evaluate("() => window.floorPaintedAt"), page.evaluate(DRAFT_ARRIVED)
    note = f"{painted / 1000:.2f} s from the start of the navigation"
    yield Figure(
        f"{name}, fitted view painted",
        (painted - arrived) / 1000,
        "s",
        PAINTED_S[steps],
        note=note,
        why=SOFTWARE,
    )
    page.wait_for_load_state("networkidle")
    counters = Counters.of(page)
    yield from _pan_figures(page, counters, f"{name}, pan fitted", PAN_FPS[steps], gesture=QUARTER, cpu_ms=2)
    yield Figure(f"{name}, DOM elements fitted", _elements(page), "elements", 1500)
    page.locator("#canvas").press("1")
    _go_to_zoom_1(page)
    yield from _pan_figures(
        page, counters, f"{name}, pan at zoom 1", PAN_FPS[steps], gesture=SCREEN, cpu_ms=6
    )
    yield Figure(f"{name}, DOM elements at zoom 1", _elements(page), "elements", 1500)
    yield Figure(f"{name}, heap", counters.heap_mb(), "MB", 60)
    yield from _live_figures(running, page, counters, name, workflow_id)


def _pan_figures(
    page: Page, counters: Counters, name: str, fps: float, *, gesture: tuple[int, int], cpu_ms: float
) -> Iterator[Figure]:
    before = counters.cpu_ms()
    panned = page.evaluate(PAN, [3, *gesture])
    cpu = (counters.cpu_ms() - before) / panned["frames"]
    yield Figure(
        name,
        panned["fps"],
        "fps",
        fps,
        at_least=True,
        note=f"worst frame {panned['worst']:.0f} ms",
        why=SOFTWARE,
    )
    yield Figure(f"{name}, CPU", cpu, "ms/frame", cpu_ms)


def _live_figures(
    running: Running, page: Page, counters: Counters, name: str, workflow_id: str
) -> Iterator[Figure]:
    page.locator("#canvas").press("1")
    before, started = counters.cpu_ms(), time.monotonic()
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/runs/" in answer.url
    ) as sent:
        page.get_by_role("button", name="Run", exact=True).click()
    run = running.wait_for_run(sent.value.json()["id"], timeout_s=60)
    assert run["status"] == "succeeded", run["error"]
    took = time.monotonic() - started
    page.wait_for_timeout(500)
    cpu = counters.cpu_ms() - before
    note = f"{run['seq']:,} events in {took:.1f} s took {cpu:,.0f} ms"
    yield Figure(f"{name}, live event", cpu / run["seq"], "ms/event", 1, note=note)


def _elements(page: Page) -> int:
    return int(page.evaluate("() => document.querySelectorAll('#canvas *').length"))


def _go_to_zoom_1(page: Page) -> None:
    """By the keyboard, a step at a time, until the steps are drawn as components."""
    for _ in range(40):
        if page.evaluate(ZOOM) >= 0.95:
            break
        page.locator("#canvas").press("+")
        page.wait_for_timeout(250)
    page.wait_for_timeout(500)
    assert 0.95 <= page.evaluate(ZOOM) <= 1.3, "the canvas did not zoom in"


def grid(steps: int) -> dict[str, Any]:
    """Rows of Python and Transform steps: each follows the one before, every second one the one above too."""
    columns = round(sqrt(steps * 0.8))
    nodes = [_step(place, columns) for place in range(steps)]
    along = [_wire(place - 1, place, "input" if place % columns % 2 else "rows") for place in range(steps)]
    down = [_wire(place - columns, place, "above") for place in range(steps)]
    connections = [wire for place, wire in enumerate(along) if place % columns]
    connections += [wire for place, wire in enumerate(down) if _looks_up(place, columns)]
    return {"schema": 1, "nodes": nodes, "connections": connections}


def _step(place: int, columns: int) -> dict[str, Any]:
    position = [place % columns * STEP_X, place // columns * STEP_Y]
    if place % columns % 2:
        config: dict[str, Any] = {"operations": [{"op": "limit", "count": 10}]}
        return {"id": f"s{place}", "type": "TransformNode", "config": config, "position": position}
    first = "result = [{'n': n} for n in range(20)]"
    code = "result = rows or above" if _looks_up(place, columns) else "result = rows"
    config = {"code": code if place % columns else first}
    return {"id": f"s{place}", "type": "PythonCodeNode", "config": config, "position": position}


def _looks_up(place: int, columns: int) -> bool:
    return place >= columns and place % columns % 2 == 0 and place % columns > 0


def _wire(source: int, target: int, name: str) -> dict[str, str]:
    return {"source": f"s{source}", "output": "result", "target": f"s{target}", "input": name}
