"""What the example workflows make of what, compared with what a person reads in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest

from runtime.engine.document import read_document
from runtime.engine.graph import Graph
from runtime.engine.plan import compile_plan
from runtime.engine.workflows import Found, Version
from runtime.lineage.steps import Ran, RunGraph, scopes_of
from runtime.nodes.catalogue import registry

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "workflows"


def graph_of(name: str) -> Graph:
    graph, problems = read_document(json.loads((EXAMPLES / f"{name}.json").read_text()))
    assert graph is not None, problems
    return graph


class Examples:
    """The examples as each other's sub-workflows."""

    starts_runs: ClassVar[bool] = False

    def find(self, workflow: str, version: Version) -> Found:
        return Found(workflow, workflow, graph_of(workflow))


def traced(name: str, outputs: dict[str, dict[str, list[str]]]) -> set[str]:
    """`place.column < place.column` with the tier's first letter, for each edge of the steps named."""
    graph = graph_of(name)
    scopes = scopes_of(compile_plan(graph, registry(), workflows=Examples()))
    values = {item.name: item.default for item in graph.parameters if item.has_default}
    ran = [
        Ran(
            path,
            *scopes[path],
            {port: dict.fromkeys(paths, "any") for port, paths in ports.items()},
            {**values, **GIVEN.get(path, {})},
        )
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


# What the parameters of sub-workflows are given.
GIVEN: dict[str, dict[str, str]] = {
    "north/read": {"dataset": "seattle-temps"},
    "south/read": {"dataset": "sf-temps"},
}
AIRPORT = ["iata", "name", "city", "state", "country", "latitude", "longitude"]


def each(columns: list[str], target: str, source: str, tier: str) -> set[str]:
    """Columns that keep their names."""
    return {f"{target}.{name} < {source}.{name} {tier}" for name in columns}


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
            "write": {"result": ["rows"]},
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
            "heat-watch.headline < headline.headline e",
            "heat-watch.alert < headline.alert e",
        },
    ),
    (
        "heat-watch",
        {
            "read": {"result": ["date", "temp"]},
            "year": {"result": ["max_f", "at", "days_over_70", "needs_review"]},
            "level": {"warm": ["max_f", "at"], "result": ["taken"]},
            "calm": {"result": ["headline", "alert"]},
            "headline": {"result": ["headline", "alert"]},
            "review": {"result": ["text"]},
        },
        {
            *each(["date", "temp"], "read", "sf-temps", "e"),
            "year.max_f < read.temp i",
            "year.at < read.date i",
            "year.days_over_70 < read.date i",
            "year.needs_review < read.date i",
            *each(["max_f", "at"], "level.warm", "year", "e"),
            "calm.headline < level.warm.max_f i",
            *each(["headline", "alert"], "headline", "calm", "e"),
            "review.text < year.days_over_70 i",
        },
    ),
    (
        "airports-in-pages",
        {
            "read": {"result": ["iata", "state"]},
            "pages": {"result": ["next", "counts"], "iterations": [""]},
            "pages/ask": {"result": ["airports.iata", "airports.state", "next"]},
            "pages/add": {"result": ["next", "counts"]},
            "tell": {"result": ["pages", "airports", "most"]},
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
            # An object with states for names is one column: its names are data too.
            "pages/add.counts < pages/ask.airports.state i",
            "pages.next < pages/add.next e",
            "pages.counts < pages/add.counts e",
            "tell.pages < pages.iterations i",
            "tell.airports < pages.counts i",
            "tell.most < pages.counts i",
        },
    ),
    (
        "seattle-by-month",
        {
            "read": {"result": ["date", "temp"]},
            "clean": {"result": ["at", "month", "celsius"]},
            "season": {
                "warm": ["at", "month", "celsius"],
                "cold": ["at", "month", "celsius"],
                "result": ["taken", "counts"],
            },
            "warm": {"result": ["month", "hours", "mean_c", "extreme_c", "season"]},
            "cold": {"result": ["month", "hours", "mean_c", "extreme_c", "season"]},
            "order": {"result": ["month", "season", "hours", "mean_c", "extreme_c"]},
            "write": {"result": ["dataset", "rows"]},
        },
        {
            "read.date < seattle-temps.date e",
            "read.temp < seattle-temps.temp e",
            "clean.at < read.date i",
            "clean.month < read.date i",
            "clean.celsius < read.temp i",
            *each(["at", "month", "celsius"], "season.warm", "clean", "e"),
            *each(["at", "month", "celsius"], "season.cold", "clean", "e"),
            # A count of records and a constant are made of no column.
            "warm.month < season.warm.month e",
            "warm.mean_c < season.warm.celsius e",
            "warm.extreme_c < season.warm.celsius e",
            "cold.month < season.cold.month e",
            "cold.mean_c < season.cold.celsius e",
            "cold.extreme_c < season.cold.celsius e",
            *each(["month", "season", "hours", "mean_c", "extreme_c"], "order", "warm", "e"),
            *each(["month", "season", "hours", "mean_c", "extreme_c"], "order", "cold", "e"),
            *each(["month", "season", "hours", "mean_c", "extreme_c"], "seattle-by-month", "order", "e"),
        },
    ),
    (
        "two-cities",
        {
            "names": {"result": ["north", "south"]},
            "north": {"result": ["month", "mean_f"]},
            "north/read": {"result": ["date", "temp"]},
            "north/months": {"result": ["month", "mean_f"]},
            "north/extremes": {"result": ["month", "mean_f"]},
            "south": {"result": ["month", "mean_f"]},
            "south/read": {"result": ["temp", "date"]},
            "south/months": {"result": ["month", "mean_f"]},
            "south/extremes": {"result": ["month", "mean_f"]},
            "compare": {"result": ["month", "mean_f", "mean_f_south", "difference_f"]},
        },
        {
            *each(["date", "temp"], "north/read", "seattle-temps", "e"),
            "north/months.month < north/read.date i",
            "north/months.mean_f < north/read.temp i",
            *each(["month", "mean_f"], "north/extremes", "north/months", "e"),
            *each(["month", "mean_f"], "north", "north/months", "e"),
            *each(["date", "temp"], "south/read", "sf-temps", "e"),
            "south/months.month < south/read.date i",
            "south/months.mean_f < south/read.temp i",
            *each(["month", "mean_f"], "south/extremes", "south/months", "e"),
            *each(["month", "mean_f"], "south", "south/months", "e"),
            "compare.month < north.month e",
            "compare.mean_f < north.mean_f e",
            "compare.mean_f_south < south.mean_f e",
            "compare.difference_f < north.mean_f e",
            "compare.difference_f < south.mean_f e",
        },
    ),
    (
        "watch-a-year",
        {
            "read_seattle": {"result": ["date", "temp"]},
            "read_sf": {"result": ["temp", "date"]},
            "seattle": {"result": ["month", "mean_f"]},
            "sf": {"result": ["month", "mean_f"]},
            "compare": {"result": ["month", "seattle_f", "sf_f", "difference_f"]},
            "pause": {"result": ["month", "seattle_f", "sf_f", "difference_f"]},
            "tell": {
                "result": [
                    "closest_month",
                    "difference_f",
                    "months.month",
                    "months.seattle_f",
                    "months.sf_f",
                    "months.difference_f",
                ]
            },
            "write": {"result": ["rows"]},
        },
        {
            *each(["date", "temp"], "read_seattle", "seattle-temps", "e"),
            *each(["date", "temp"], "read_sf", "sf-temps", "e"),
            "seattle.month < read_seattle.date i",
            "seattle.mean_f < read_seattle.temp i",
            "sf.month < read_sf.date i",
            "sf.mean_f < read_sf.temp i",
            "compare.month < seattle.month e",
            "compare.seattle_f < seattle.mean_f e",
            "compare.sf_f < sf.mean_f e",
            "compare.difference_f < seattle.mean_f e",
            "compare.difference_f < sf.mean_f e",
            *each(["month", "seattle_f", "sf_f", "difference_f"], "pause", "compare", "e"),
            "tell.closest_month < pause.month i",
            "tell.difference_f < pause.difference_f i",
            "tell.months.month < pause.month i",
            "tell.months.seattle_f < pause.seattle_f i",
            "tell.months.sf_f < pause.sf_f i",
            "tell.months.difference_f < pause.difference_f i",
            "two-cities.month < tell.months.month e",
            "two-cities.seattle_f < tell.months.seattle_f e",
            "two-cities.sf_f < tell.months.sf_f e",
            "two-cities.difference_f < tell.months.difference_f e",
        },
    ),
    (
        "airports-to-publish",
        {
            "read": {"result": AIRPORT},
            "check": {"result": ["airports", "left_out", *(f"rows.{name}" for name in AIRPORT)]},
            "ask": {
                "approved": ["airports", "left_out", *(f"rows.{name}" for name in AIRPORT)],
                "result": ["decision", "input.airports", "input.rows.iata"],
            },
            "publish": {"result": ["rows"]},
        },
        {
            *each(AIRPORT, "read", "airports", "e"),
            # How many records there are is made of them as they are: of each column.
            *(f"check.airports < read.{name} i" for name in AIRPORT),
            "check.left_out < read.name i",
            "check.left_out < read.iata i",
            *(f"check.rows.{name} < read.{name} i" for name in AIRPORT),
            *each(["airports", "left_out"], "ask.approved", "check", "e"),
            *each([f"rows.{name}" for name in AIRPORT], "ask.approved", "check", "e"),
            "ask.input.airports < check.airports e",
            "ask.input.rows.iata < check.rows.iata e",
            *(f"airports-published.{name} < ask.approved.rows.{name} e" for name in AIRPORT),
        },
    ),
    (
        "airports-to-publish",
        {
            "read": {"result": ["iata", "name", "state"]},
            "check": {"result": ["airports", "left_out", "rows.iata"]},
            "ask": {"rejected": ["airports", "left_out", "rows.iata"], "result": [""]},
            "keep": {"result": [""]},
        },
        {
            *each(["iata", "name", "state"], "read", "airports", "e"),
            *(f"check.airports < read.{name} i" for name in ("iata", "name", "state")),
            "check.left_out < read.name i",
            "check.left_out < read.iata i",
            "check.rows.iata < read.iata i",
            *each(["airports", "left_out", "rows.iata"], "ask.rejected", "check", "e"),
            # The answer as one value: it holds what was asked about.
            "ask.result < check.airports e",
            "ask.result < check.left_out e",
            "ask.result < check.rows.iata e",
            "keep.result < ask.rejected.left_out i",
        },
    ),
    (
        "airports-report",
        {
            "read": {"result": AIRPORT},
            "by_state": {"result": ["state", "airports"]},
            "north": {"result": ["iata", "name", "state", "latitude"]},
            "gaps": {"result": ["iata", "name", "country"]},
            "neighbours": {"result": ["from", "to", "km"]},
            "report": {"result": ["question", "answer"]},
            "write": {"result": ["rows"]},
            "states_file": {"result": ["rows"]},
        },
        {
            *each(AIRPORT, "read", "airports", "e"),
            "by_state.state < read.state e",
            *each(["iata", "name", "state", "latitude"], "north", "read", "e"),
            *each(["iata", "name", "country"], "gaps", "read", "e"),
            "neighbours.from < read.name i",
            "neighbours.to < read.name i",
            "neighbours.km < read.latitude i",
            "neighbours.km < read.longitude i",
            "report.answer < by_state.state i",
            "report.answer < by_state.airports i",
            "report.answer < north.name i",
            "report.answer < north.latitude i",
            *(f"report.answer < gaps.{name} i" for name in ("iata", "name", "country")),
            *(f"report.answer < neighbours.{name} i" for name in ("from", "to", "km")),
            *each(["question", "answer"], "airports-report", "report", "e"),
            *each(["state", "airports"], "airports-by-state", "by_state", "e"),
        },
    ),
    (
        "applicants",
        {
            "applicants": {"result": ["name", "income", "debt", "papers"]},
            "rules": {"result": ["papers", "highest_ratio"]},
            "each": {"result": ["name", "decision", "ratio"], "errors": [""]},
            "each/papers": {"result": ["name", "income", "debt", "papers"]},
            "each/score": {"result": ["name", "decision", "ratio"]},
            "each/ask": {"result": ["name", "decision"]},
            "each/decision": {"result": ["name", "decision", "ratio"]},
            "list": {"result": ["decisions.name", "decisions.decision", "decisions.ratio", "counts"]},
        },
        {
            *each(["name", "income", "debt", "papers"], "each/papers", "applicants", "i"),
            "each/score.name < each/papers.name i",
            "each/score.decision < each/papers.debt i",
            "each/score.decision < each/papers.income i",
            "each/score.decision < rules.highest_ratio i",
            "each/score.ratio < each/papers.debt i",
            "each/score.ratio < each/papers.income i",
            "each/ask.name < applicants.name i",
            *each(["name", "decision", "ratio"], "each/decision", "each/score", "e"),
            *each(["name", "decision"], "each/decision", "each/ask", "e"),
            *each(["name", "decision", "ratio"], "each", "each/decision", "e"),
            *(f"list.decisions.{name} < each.{name} i" for name in ("name", "decision", "ratio")),
            # The names in it are decisions, or say that there is none: all of it is looked at for that.
            *(f"list.counts < each.{name} i" for name in ("name", "decision", "ratio")),
        },
    ),
]


@pytest.mark.parametrize(("name", "outputs", "expected"), EXPECTED, ids=[case[0] for case in EXPECTED])
def test_columns_are_made_as_a_person_reads_it(
    name: str, outputs: dict[str, Any], expected: set[str]
) -> None:
    assert traced(name, outputs) == expected
