"""What the example workflows make of what, compared with what a person reads in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.document import read_document
from runtime.engine.plan import compile_plan
from runtime.lineage.steps import Ran, RunGraph, scopes_of
from runtime.nodes.catalogue import registry

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "workflows"


def traced(name: str, outputs: dict[str, dict[str, list[str]]]) -> set[str]:
    """`place.column < place.column` with the tier's first letter, for each edge of the steps named."""
    graph, problems = read_document(json.loads((EXAMPLES / f"{name}.json").read_text()))
    assert graph is not None, problems
    scopes = scopes_of(compile_plan(graph, registry()))
    values = {item.name: item.default for item in graph.parameters if item.has_default}
    ran = [
        Ran(path, *scopes[path], {port: dict.fromkeys(paths, "any") for port, paths in ports.items()}, values)
        for path, ports in outputs.items()
    ]
    found: set[str] = set()
    for one in RunGraph("w", (), {}).trace(ran):
        for edge in one.flow.edges:
            source, target = edge.source, edge.target
            found.add(
                f"{target.place.name}.{target.column} < {source.place.name}.{source.column} {edge.tier[0]}"
            )
    return found


EXPECTED: list[tuple[str, dict[str, Any], set[str]]] = [
    (
        "city-by-month",
        {
            "read": {"result": ["date", "temp"]},
            "months": {"result": ["month", "mean_f"]},
            "extremes": {"result": ["month", "mean_f"]},
        },
        {
            "read.date < seattle-temps.date e",
            "read.temp < seattle-temps.temp e",
            "months.month < read.date i",
            "months.mean_f < read.temp i",
            "extremes.month < months.month e",
            "extremes.mean_f < months.mean_f e",
        },
    ),
    (
        "airports-by-region",
        {
            "read": {"result": ["iata", "state", "country"]},
            "regions": {"result": ["iata", "state", "country", "region"]},
            "count": {"result": ["region", "airports"]},
            "write": {"result": ["rows"]},
            "countries": {"result": ["country", "airports"]},
        },
        {
            "read.iata < airports.iata e",
            "read.state < airports.state e",
            "read.country < airports.country e",
            "regions.iata < read.iata i",
            "regions.state < read.state i",
            "regions.country < read.country i",
            "regions.region < read.state i",
            "count.region < regions.region e",
            "airports-by-region.region < count.region e",
            "airports-by-region.airports < count.airports e",
            "countries.country < read.country e",
        },
    ),
    (
        "heat-watch",
        {
            "read": {"result": ["date", "temp"]},
            "year": {"result": ["max_f", "at", "days_over_70", "needs_review"]},
            "level": {"heat": ["max_f", "at"], "result": ["taken"]},
            "alert": {"result": ["headline", "alert"]},
            "headline": {"result": ["headline", "alert"]},
        },
        {
            "read.date < sf-temps.date e",
            "read.temp < sf-temps.temp e",
            "year.max_f < read.temp i",
            "year.at < read.date i",
            "year.days_over_70 < read.date i",
            "year.needs_review < read.date i",
            "level.heat.max_f < year.max_f e",
            "level.heat.at < year.at e",
            "alert.headline < level.heat.max_f i",
            "alert.headline < level.heat.at i",
            "headline.headline < alert.headline e",
            "headline.alert < alert.alert e",
        },
    ),
    (
        "airports-in-pages",
        {
            "read": {"result": ["iata", "state"]},
            "pages": {"result": ["next", "counts"], "iterations": [""]},
            "pages/ask": {"result": ["airports.iata", "airports.state", "next"]},
            "pages/add": {"result": ["next", "counts"]},
        },
        {
            "read.iata < airports.iata e",
            "read.state < airports.state e",
            "pages/ask.airports.iata < read.iata i",
            "pages/ask.airports.state < read.state i",
            "pages/ask.next < read.iata i",
            "pages/ask.next < read.state i",
            "pages/ask.next < pages/add.next i",
            "pages/ask.next < pages/add.counts i",
            "pages/add.next < pages/ask.next i",
            "pages/add.counts < pages/add.counts i",
            "pages.next < pages/add.next e",
            "pages.counts < pages/add.counts e",
        },
    ),
]


@pytest.mark.parametrize(("name", "outputs", "expected"), EXPECTED, ids=[case[0] for case in EXPECTED])
def test_columns_are_made_as_a_person_reads_it(
    name: str, outputs: dict[str, Any], expected: set[str]
) -> None:
    assert traced(name, outputs) == expected
