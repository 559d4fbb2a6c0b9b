"""The example workflows on their real data, in the real sandbox."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed
from runtime.engine.errors import ParameterError
from runtime.engine.graph import parse_graph
from runtime.engine.validation import validate
from runtime.nodes import registry
from runtime.sandbox.analysis import analyse_code
from runtime.script_workflows import ScriptWorkflows
from runtime.tabular import inspect, open_rows

EXAMPLES = Path(__file__).parents[3] / "examples"
CATALOGUE: dict[str, list[dict[str, str]]] = json.loads((EXAMPLES / "catalogue.json").read_text("utf-8"))
FILES = [item["file"] for item in CATALOGUE["workflows"]]


def document(name: str) -> dict[str, Any]:
    graph: dict[str, Any] = json.loads((EXAMPLES / "workflows" / f"{name}.json").read_text("utf-8"))
    return graph


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "datasets").mkdir()
    for item in CATALOGUE["datasets"]:
        shutil.copy(EXAMPLES / item["file"], tmp_path / "datasets")
    return tmp_path


@pytest.fixture
def runtime(workspace: Path) -> Iterator[LocalRuntime]:
    with LocalRuntime(workspace=workspace) as runtime:
        yield runtime


def test_catalogue_lists_every_example_file() -> None:
    listed = {EXAMPLES / item["file"] for item in CATALOGUE["workflows"] + CATALOGUE["datasets"]}

    assert listed == {*(EXAMPLES / "workflows").glob("*.json"), *(EXAMPLES / "data").glob("*.csv")}


@pytest.mark.parametrize("file", FILES)
def test_example_has_no_problems(file: str) -> None:
    graph = json.loads((EXAMPLES / file).read_text("utf-8"))
    others = ScriptWorkflows(
        {Path(name).stem: parse_graph(document(Path(name).stem)) for name in FILES}, None
    )

    assert validate(graph, registry(), code_checker=analyse_code, workflows=others) == []


@pytest.mark.parametrize("file", FILES)
def test_example_is_laid_out_from_left_to_right_without_overlaps_on_one_screen(file: str) -> None:
    graph = json.loads((EXAMPLES / file).read_text("utf-8"))
    parents = {node["id"]: node.get("parent") for node in graph["nodes"]}
    boxes = {node["id"]: box_of(node, graph["nodes"]) for node in graph["nodes"]}

    for wire in graph["connections"]:
        if parents[wire["source"]] != wire["target"]:
            assert boxes[wire["source"]][0] < boxes[wire["target"]][0]
    for name, (left, top, right, bottom) in boxes.items():
        siblings = [other for other in boxes if other != name and parents[other] == parents[name]]
        near = [other for other in siblings if are_near((left, top, right, bottom), boxes[other])]
        assert not near, f"{name} overlaps {near}"
        assert left <= 80 + 6 * 190
        assert top <= 600
        for note in graph["annotations"]:
            x, y, width, height = note["box"]
            covered = are_near((left, top, right, bottom), (x, y, x + width, y + height))
            assert not covered, f"{name} lies under a note"


def box_of(node: dict[str, Any], nodes: list[dict[str, Any]]) -> tuple[float, float, float, float]:
    """A step's card, or a container's frame around the cards in it."""
    inside = [box_of(other, nodes) for other in nodes if other.get("parent") == node["id"]]
    left, top = node["position"]
    if not inside:
        return left, top, left + 156, top + 70
    frame = (
        min(box[0] for box in inside) - 120,
        min(box[1] for box in inside) - 80,
        max(box[2] for box in inside) + 120,
        max(box[3] for box in inside) + 32,
    )
    assert frame[:2] == (left, top), f"{node['id']} does not stand at the corner of its frame"
    return frame


def are_near(one: tuple[float, ...], other: tuple[float, ...], gap: float = 20) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] + gap and other[1] < one[3] + gap


def test_seattle_by_month(runtime: LocalRuntime, workspace: Path) -> None:
    results, _ = runtime.execute(document("seattle-by-month"), parameters={"target": "monthly"})

    assert results["season"]["result"] == {"taken": ["warm", "cold"], "counts": {"warm": 3672, "cold": 5087}}
    written = next(open_rows(workspace / "datasets" / "monthly.csv", "csv"))
    assert len(written) == 12
    assert written[0] == {"month": 1, "season": "cold", "hours": 744, "mean_c": 5.4, "extreme_c": 3.7}
    assert written[6] == {"month": 7, "season": "warm", "hours": 744, "mean_c": 18.3, "extreme_c": 24.4}
    assert sum(row["hours"] for row in written) == 8759


def test_airports_report(runtime: LocalRuntime, workspace: Path) -> None:
    results, _ = runtime.execute(document("airports-report"))

    answers = {row["question"]: row["answer"] for row in results["report"]["result"]}
    assert answers == {
        "Airports with a state": "3364",
        "States and territories": "56",
        "Most airports": "AK 263, TX 209, CA 205",
        "Farthest north": "Wiley Post Will Rogers Memorial (71.3° N)",
        "Without a state": "12",
        "Longest hop in Alaska": "Barter Island to Deadhorse, 184.5 km",
    }
    assert inspect(workspace / "datasets" / "airports-by-state.parquet", "parquet").rows == 56


def test_airports_by_region_fails_at_the_bad_row_and_skips_what_follows(
    runtime: LocalRuntime, workspace: Path
) -> None:
    with pytest.raises(RunFailed) as caught:
        runtime.execute(document("airports-by-region"))

    error = caught.value.errors["regions"]
    assert (error["code"], error["error_type"], error["line"]) == ("code_error", "ValueError", 13)
    assert "MC Clellan-Palomar Airport (CLD) has the state 'NA'" in error["message"]
    assert set(caught.value.results) == {"read", "countries"}
    assert caught.value.results["countries"]["result"][0] == {"country": "USA", "airports": 3372}
    assert not (workspace / "datasets" / "airports-by-region.csv").exists()


def test_heat_watch_skips_two_steps(runtime: LocalRuntime) -> None:
    results, _ = runtime.execute(document("heat-watch"))

    assert results["year"]["result"] == {
        "max_f": 72.2,
        "at": "2010-08-31T14:00:00",
        "days_over_70": 81,
        "needs_review": False,
    }
    assert not {"alert", "review"} & set(results)
    assert results["headline"]["result"]["headline"] == "No heat: the hottest hour had 72.2 °F"


def test_watch_a_year(runtime: LocalRuntime, workspace: Path) -> None:
    """Its pauses are cut short here; nothing else is changed."""
    text = json.dumps(document("watch-a-year"))
    graph = json.loads(
        text.replace("sleep(0.7)", "sleep(0)")
        .replace("sleep(0.5)", "sleep(0)")
        .replace('"seconds": 6', '"seconds": 0')
    )

    results, _ = runtime.execute(graph)

    assert (results["tell"]["result"]["closest_month"], results["tell"]["result"]["difference_f"]) == (
        "2010-06",
        0.4,
    )
    rows = next(open_rows(workspace / "datasets" / "two-cities.csv", "csv"))
    assert rows[0] == {"month": "2010-01", "seattle_f": 41.7, "sf_f": 50.0, "difference_f": 8.3}


def test_airports_in_pages(runtime: LocalRuntime) -> None:
    results, _ = runtime.execute(document("airports-in-pages"))

    assert results["pages"]["iterations"] == 7
    assert results["tell"]["result"] == {"pages": 7, "airports": 3376, "most": ["AK", 263]}


def test_applicants_are_decided_one_by_one(runtime: LocalRuntime) -> None:
    results, _ = runtime.execute(document("applicants"))

    assert results["list"]["result"]["counts"] == {
        "accepted": 2,
        "declined": 1,
        "papers missing": 2,
        "to look at": 1,
    }
    assert results["each"]["result"][1] == {"name": "Ben", "decision": "declined", "ratio": 0.61}
    (wrong,) = results["each"]["errors"]
    assert (wrong["index"], wrong["error"]["error_type"]) == (3, "ZeroDivisionError")


def test_two_cities_runs_another_workflow_twice(workspace: Path) -> None:
    with LocalRuntime(workspace=workspace, workflows={"city-by-month": document("city-by-month")}) as runtime:
        results, _ = runtime.execute(document("two-cities"))
        alone, _ = runtime.execute(document("city-by-month"), parameters={"dataset": "sf-temps"})

    assert results["south"]["result"] == alone["months"]["result"]
    assert len(results["compare"]["result"]) == 12
    assert results["compare"]["result"][0] == {
        "month": 1,
        "mean_f": 41.7,
        "mean_f_south": 50.0,
        "difference_f": 8.3,
    }


def test_two_cities_finds_its_workflow_in_the_workspace(workspace: Path) -> None:
    (workspace / "workflows").mkdir()
    shutil.copy(EXAMPLES / "workflows" / "city-by-month.json", workspace / "workflows")

    with LocalRuntime(workspace=workspace) as runtime:
        results, _ = runtime.execute(document("two-cities"))

    assert len(results["compare"]["result"]) == 12


@pytest.mark.parametrize(("answer", "reached"), [("approved", "publish"), ("rejected", "keep")])
def test_airports_to_publish_goes_by_the_answer(
    workspace: Path, runtime: LocalRuntime, answer: str, reached: str
) -> None:
    """In a script nobody can be asked: the answer is pinned."""
    graph = document("airports-to-publish")
    with pytest.raises(ParameterError, match="server only"):
        runtime.execute(graph)
    rows = [{"iata": "SEA", "state": "WA"}]
    given = {"airports": 1, "left_out": ["Clellan-Palomar (CLD)"], "rows": rows}
    (ask,) = (node for node in graph["nodes"] if node["type"] == "ApprovalNode")
    ask["options"] = {"pin": {answer: given, "result": {"decision": answer}}}

    results, _ = runtime.execute(graph)

    assert reached in results
    assert ({"publish", "keep"} - {reached}).isdisjoint(results)
    assert (workspace / "datasets" / "airports-published.csv").exists() == (answer == "approved")
