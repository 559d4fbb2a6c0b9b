"""The batch processor in scripts: on real files, with code in the sandbox."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder
from runtime.batch.local_desk import LocalDesk
from runtime.engine.errors import GraphError, NodeError, ParameterError, WorkflowError
from runtime.engine.node import CheckContext
from runtime.nodes.batch_processor import BatchProcessorNode
from runtime.tabular.folder import FolderDatasets
from tests.unit.nodes.surroundings import Context, Services, run

Step = Callable[..., dict[str, Any]]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "datasets"
    folder.mkdir()
    rows = "".join(f"{number},{number % 7}\n" for number in range(5000))
    (folder / "orders.csv").write_text("id,quantity\n" + rows, "utf-8")
    (folder / "few.csv").write_text("id\n" + "".join(f"{number}\n" for number in range(40)), "utf-8")
    return tmp_path


@pytest.fixture
def runtime(workspace: Path) -> Iterator[LocalRuntime]:
    with LocalRuntime(workspace=workspace) as made:
        yield made


@pytest.fixture
def step(runtime: LocalRuntime) -> Step:
    """Runs the node alone: its result."""

    def run(parameters: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
        workflow = WorkflowBuilder()
        workflow.add_node(BatchProcessorNode, "batch", config)
        results, _ = runtime.execute(workflow.build(), parameters or {})
        return dict(results["batch"]["result"])

    return run


def error_of(step: Step, **config: Any) -> dict[str, Any]:
    with pytest.raises(RunFailed) as caught:
        step(**config)
    return dict(caught.value.errors["batch"])


def dataset(workspace: Path, name: str) -> list[dict[str, Any]]:
    lines = (workspace / "datasets" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_dataset_is_read_in_batches_and_passed_on(step: Step) -> None:
    result = step(data_source="orders")

    assert (result["batch_count"], result["total_records"], result["ok"]) == (5, 5000, 5000)
    assert (result["failed"], result["skipped"], result["errors"]) == (0, 0, [])
    assert isinstance(result["total_duration"], float) and result["total_duration"] > 0
    assert [record["id"] for record in result["results"]] == list(range(5000))
    assert result["results_truncated"] is False
    assert "monitoring" not in result


def test_a_run_names_the_dataset_as_the_guide_does(step: Step) -> None:
    config: dict[str, Any] = {
        "operation": "process_data_batches",
        "batch_size": 1000,
        "processing_strategy": "adaptive_parallel",
        "max_concurrent_batches": 10,
        "enable_performance_monitoring": True,
    }

    result = step({"batch": {"data_source": "orders"}}, **config)

    assert (result["batch_count"], result["total_records"]) == (5, 5000)
    assert result["monitoring"]["final_batch_size"] == 1000
    assert result["monitoring"]["records_per_second"] > 0


def test_every_setting_of_the_guide_is_taken(step: Step) -> None:
    result = step(
        operation="process_data_batches",
        data_source="orders",
        batch_size=500,
        adaptive_batch_sizing=True,
        min_batch_size=100,
        max_batch_size=2000,
        processing_strategy="adaptive_parallel",
        max_concurrent_batches=15,
        rate_limit_per_second=50,
        error_handling="continue_with_logging",
        max_retry_attempts=3,
        retry_delay_seconds=5,
        enable_performance_monitoring=True,
        performance_threshold_ms=5000,
    )

    assert result["total_records"] == 5000
    assert result["monitoring"]["threshold_ms"] == 5000
    assert 500 < result["monitoring"]["final_batch_size"] <= 2000


def test_a_stream_takes_the_settings_of_the_guide(step: Step) -> None:
    result = step(
        operation="process_data_batches",
        data_source="orders",
        processing_strategy="streaming",
        stream_buffer_size=1000,
        stream_timeout_seconds=30,
    )

    assert (result["batch_count"], result["ok"]) == (5, 5000)
    assert [record["id"] for record in result["results"]] == list(range(5000))


def test_the_class_takes_the_arguments_of_the_guide_and_does_nothing_yet() -> None:
    node = BatchProcessorNode(
        name="data_processor",
        operation="process_data_batches",
        data_source="large_customer_dataset",
        batch_size=1000,
        processing_strategy="parallel",
        max_concurrent_batches=10,
    )

    assert (node.name, node.parameters.data_source) == ("data_processor", "large_customer_dataset")


def test_the_node_alone_works_on_what_it_is_given() -> None:
    node = BatchProcessorNode(batch_size=2, processing={"kind": "expression", "expression": "n * n"})

    found = node.execute(items=[{"n": 1}, {"n": 2}, {"n": 3}])["result"]

    assert (found["batch_count"], found["results"]) == (2, [1, 4, 9])


def test_a_run_gives_records_where_none_are_connected(step: Step) -> None:
    assert step({"batch": {"items": [{"n": 1}]}})["results"] == [{"n": 1}]


def test_code_works_on_batches_in_the_sandbox(step: Step) -> None:
    code = "result = [{'id': r['id'], 'twice': r['quantity'] * 2, 'batch': batch_index} for r in records]"

    result = step(data_source="orders", processing={"kind": "code", "code": code}, max_concurrent_batches=2)

    assert result["results"][4321] == {"id": 4321, "twice": 4321 % 7 * 2, "batch": 4}
    assert len(result["results"]) == 5000


def test_code_may_give_fewer_results_than_records(step: Step) -> None:
    code = "result = [sum(r['quantity'] for r in records)]"

    result = step(data_source="orders", processing={"kind": "code", "code": code})

    assert sum(result["results"]) == sum(number % 7 for number in range(5000))
    assert (result["ok"], len(result["results"])) == (5000, 5)


def test_an_expression_is_evaluated_for_each_record(step: Step) -> None:
    result = step(data_source="orders", processing={"kind": "expression", "expression": "id + quantity"})

    assert result["results"][:8] == [0, 2, 4, 6, 8, 10, 12, 7]


def test_records_come_from_the_step_before(runtime: LocalRuntime) -> None:
    workflow = WorkflowBuilder()
    workflow.add_node("PythonCodeNode", "make", {"code": "result = [{'n': n} for n in range(25)]"})
    workflow.add_node(BatchProcessorNode, "batch", {"batch_size": 10})
    workflow.add_connection("make", "result", "batch", "items")

    results, _ = runtime.execute(workflow.build())

    assert results["batch"]["result"]["batch_count"] == 3
    assert results["batch"]["result"]["results"] == [{"n": number} for number in range(25)]


def test_poison_records_go_to_the_dead_letters_and_nothing_else_does(step: Step, workspace: Path) -> None:
    code = "result = [1 // (r['id'] % 20 - 13) for r in records]"
    config: dict[str, Any] = {
        "data_source": "few",
        "batch_size": 20,
        "error_handling": "dead_letter",
        "dead_letter_dataset": "refused",
        "processing": {"kind": "code", "code": code},
    }

    result = step(**config)

    assert (result["ok"], result["failed"], result["skipped"]) == (38, 2, 0)
    assert result["dead_letter_dataset"] == "refused"
    letters = dataset(workspace, "refused")
    assert [letter["record"]["id"] for letter in letters] == [13, 33]
    assert [letter["record_number"] for letter in letters] == [14, 34]
    assert letters[0]["code"] == "code_error"
    assert "division" in letters[0]["message"]
    assert result["errors"][0] == {"record": 14, "code": "code_error", "message": letters[0]["message"]}

    step(**config)
    assert len(dataset(workspace, "refused")) == 4  # another run's letters come after


def test_dead_letters_have_a_dataset_also_where_none_is_named(step: Step, workspace: Path) -> None:
    result = step(
        data_source="orders",
        error_handling="dead_letter",
        processing={"kind": "expression", "expression": "1 / (id - 5)"},
    )

    assert result["dead_letter_dataset"] == "batch_dead_letters"
    assert len(dataset(workspace, "batch_dead_letters")) == 1


def test_no_failure_no_dead_letters(step: Step, workspace: Path) -> None:
    result = step(data_source="orders", error_handling="dead_letter")

    assert "dead_letter_dataset" not in result
    assert not (workspace / "datasets" / "batch_dead_letters.jsonl").exists()


def test_dead_letters_that_could_not_be_written_are_refused_before_the_work(step: Step) -> None:
    error = error_of(step, data_source="orders", error_handling="dead_letter", dead_letter_dataset="orders")

    assert error["code"] == "dataset_format_differs"


def test_stop_names_the_record_and_counts_all(step: Step) -> None:
    error = error_of(
        step, data_source="orders", processing={"kind": "expression", "expression": "1 / (id - 1500)"}
    )

    assert error["code"] == "batch_failed"
    assert error["record"] == 1501
    assert error["ok"] + error["failed"] + error["skipped"] == error["total_records"] == 5000


def test_results_can_go_to_a_dataset_instead(step: Step, workspace: Path) -> None:
    result = step(
        data_source="orders",
        collect=False,
        output_dataset="totals",
        processing={"kind": "expression", "expression": "quantity * 10"},
    )

    assert (len(result["results"]), result["results_truncated"]) == (100, True)
    assert result["output_dataset"] == "totals"
    assert [row["value"] for row in dataset(workspace, "totals")] == [n % 7 * 10 for n in range(5000)]


def test_results_that_nobody_wants_are_not_kept(step: Step) -> None:
    result = step(data_source="orders", collect=False)

    assert (result["ok"], result["results"], result["results_truncated"]) == (5000, [], True)


def test_results_past_the_cap_are_cut_and_say_so(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.batch.results.COLLECTED_BYTES", 1000)

    result = step(data_source="orders")

    assert (result["ok"], len(result["results"]), result["results_truncated"]) == (5000, 100, True)


@pytest.mark.parametrize(
    ("config", "code", "words"),
    [
        ({"data_source": "ordres"}, "dataset_missing", "orders"),
        (
            {"data_source": "orders", "processing": {"kind": "code", "code": "result = len(records)"}},
            "batch_result",
            "a list",
        ),
    ],
)
def test_bad_input_is_a_located_error(step: Step, config: dict[str, Any], code: str, words: str) -> None:
    error = error_of(step, **config)

    assert error["code"] == code
    assert words in error["message"]


def test_nothing_to_read_is_told_before_the_run_and_by_the_step(step: Step) -> None:
    with pytest.raises(ParameterError, match="there is nothing to read"):
        step()
    with pytest.raises(NodeError, match="There is nothing to read"):
        run(BatchProcessorNode(), Context({}, BatchServices()))


def test_code_that_does_not_parse_is_found_when_the_workflow_is_built(step: Step) -> None:
    with pytest.raises(GraphError, match="was never closed"):
        step(data_source="orders", processing={"kind": "code", "code": "result = ["})


def test_a_broken_file_fails_with_its_row_after_what_was_read(step: Step, workspace: Path) -> None:
    rows = "".join(f'{{"n": {number}}}\n' for number in range(2500))
    (workspace / "datasets" / "broken.jsonl").write_text(rows + "{oh\n", "utf-8")

    error = error_of(step, data_source="broken")

    assert (error["code"], error["row"]) == ("invalid_data", 2501)


class Shrinking:
    """A store whose datasets lose rows while they are read."""

    def __init__(self, store: FolderDatasets) -> None:
        self._store = store

    async def info(self, name: str) -> Any:
        return await self._store.info(name)

    async def read(self, name: str, *, batch_rows: int = 1000) -> AsyncGenerator[list[dict[str, Any]], None]:
        async for batch in self._store.read(name, batch_rows=batch_rows):
            yield batch[:-1]


class BatchServices(Services):
    @property
    def batches(self) -> Any:
        given: Any = self
        return LocalDesk(given)


def test_a_dataset_that_shrinks_while_it_is_read_is_told(workspace: Path) -> None:
    services = BatchServices(datasets=Shrinking(FolderDatasets(workspace / "datasets")))

    with pytest.raises(NodeError, match="had 5,000 rows when reading began and ended after 4,995") as caught:
        run(BatchProcessorNode(data_source="orders"), Context({}, services))

    facts = caught.value.facts
    assert caught.value.code == "source_changed"
    assert (facts["ok"], facts["skipped"], facts["total_records"]) == (4995, 5, 5000)


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"operation": "other"}, "config.operation"),
        ({"batch_size": 0}, "config.batch_size"),
        ({"min_batch_size": 10}, "config.min_batch_size"),
        ({"adaptive_batch_sizing": True, "max_batch_size": 10}, "config.max_batch_size"),
        ({"stream_buffer_size": 10}, "config.stream_buffer_size"),
        ({"stream_timeout_seconds": 10, "processing_strategy": "parallel"}, "config.stream_timeout_seconds"),
        ({"dead_letter_dataset": "x"}, "config.dead_letter_dataset"),
        ({"rate_limit_per_second": 0}, "config.rate_limit_per_second"),
        ({"error_handling": "ignore"}, "config.error_handling"),
        ({"processing": {"kind": "magic"}}, "config.processing"),
        ({"batchsize": 10}, "config.batchsize"),
    ],
)
def test_settings_that_have_no_effect_or_make_no_sense_are_refused(
    config: dict[str, Any], field: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        BatchProcessorNode(**config)

    assert [problem["field"] for problem in caught.value.facts["problems"]] == [field]


def problems(config: dict[str, Any], *wired: str, checker: Any = None) -> list[tuple[str, str, str]]:
    context = CheckContext("batch", frozenset(wired), checker)
    return [(p.code, p.field or "", p.severity) for p in BatchProcessorNode.check(config, context)]


def test_a_source_that_a_run_may_still_give_is_a_warning() -> None:
    assert problems({}) == [("missing_input", "config.data_source", "warning")]
    assert problems({}, "items") == []
    assert problems({"data_source": "orders"}) == []


def test_two_sources_are_a_problem() -> None:
    assert problems({"data_source": "a"}, "items") == [("two_sources", "config.data_source", "error")]
    twice = {"data_source": "a", "source": {"kind": "dataset", "dataset": "b"}}
    assert problems(twice) == [("two_sources", "config.data_source", "error")]


def test_names_and_expressions_are_checked_at_save() -> None:
    bad = {
        "data_source": "../etc",
        "processing": {"kind": "expression", "expression": "a +"},
    }

    assert problems(bad) == [
        ("invalid_dataset_name", "config.data_source", "error"),
        ("invalid_expression", "config.processing.expression", "error"),
    ]


def test_names_that_the_code_of_a_batch_cannot_know_are_found_at_save() -> None:
    class Report:
        problems = ()
        free_names = ("records", "batch_index", "rate")

    code = {"data_source": "a", "processing": {"kind": "code", "code": "result = [rate]"}}

    assert problems(code, checker=lambda text: Report()) == [
        ("unknown_name", "config.processing.code", "error")
    ]


def test_no_run_brings_code_of_its_own(runtime: LocalRuntime) -> None:
    workflow = WorkflowBuilder()
    workflow.add_node(BatchProcessorNode, "batch", {"data_source": "orders", "processing": "${work}"})
    code = {"kind": "code", "code": "result = [666]"}

    with pytest.raises(WorkflowError) as caught:
        runtime.execute(workflow.build(), {"work": code})

    assert "666" not in str(caught.value)


def test_what_is_read_is_no_template_as_a_whole() -> None:
    assert ("invalid_parameter", "config.source", "error") in problems({"source": "${where}"})
