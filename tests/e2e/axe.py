"""axe-core on the page that is open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "static/ui/node_modules/axe-core/axe.min.js"
# What moves for ever, as the mark of a step at work does, is not waited for.
SETTLED = """Promise.all(document.getAnimations()
    .filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null)))"""
GRAVE = {"serious", "critical"}


def grave_findings(page: Page) -> list[str]:
    """What keeps people out: "rule at element: why", for each finding of serious or critical impact."""
    page.evaluate(SETTLED)
    page.evaluate(SOURCE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run({resultTypes: ['violations']}).then((all) => all.violations)"
    )
    return [
        f"{rule['id']} at {' '.join(map(str, item['target']))}: {item.get('failureSummary', '')}"
        for rule in found
        if rule["impact"] in GRAVE
        for item in rule["nodes"]
    ]
