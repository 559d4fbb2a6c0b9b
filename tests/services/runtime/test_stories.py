"""What is read of a run's events: by readers, and by a host that goes on with it."""

from __future__ import annotations

import pytest

from runtime.engine.events import Event, EventType
from runtime.engine.state import fold
from runtime.queries.runs import fetch, state_of
from runtime.queries.scopes import scope_of
from runtime.queries.states import state_at
from runtime.story import parent_of, read_history, read_story
from tests.services.runtime.conftest import RunMaker
from tests.services.runtime.recorded import Step, loop_steps, record
from tests.services.runtime.test_containers import loop, mapped

ROUNDS = 300


def told(events: list[Event]) -> list[str]:
    return [f"{event.type} {event.node}" if event.node else str(event.type) for event in events]


def test_a_long_loop_is_resumed_from_its_last_round_alone(make_run: RunMaker) -> None:
    run = make_run(document=loop(ROUNDS + 1))
    record(run, [Step("run.started"), *loop_steps(ROUNDS, ("step",), open_at=ROUNDS)])

    history = read_history(fetch, run.pk, upto=run.last_seq)

    assert told(history) == [
        "run.queued",
        "run.started",
        "node.started loop",
        f"node.succeeded loop/{ROUNDS - 1}",
        f"node.started loop/{ROUNDS}",
        f"node.started loop/{ROUNDS}/step",
    ]
    assert [event.node for event in history if event.payload is not None] == [f"loop/{ROUNDS - 1}"]


def test_of_a_loop_that_is_over_a_host_reads_its_end_alone(make_run: RunMaker) -> None:
    run = make_run(document=loop(ROUNDS))
    record(run, [Step("run.started"), *loop_steps(ROUNDS, ("step",))])

    history = told(read_history(fetch, run.pk, upto=run.last_seq))
    assert history == ["run.queued", "run.started", "node.succeeded loop"]


def test_of_what_is_over_a_host_reads_the_end_and_of_the_rest_everything(make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}), ("b", "TestEcho", {}))
    steps = [
        *(Step("run.started"), Step("node.started a"), Step("node.retrying a", {"usage": {"cpu_s": 1}})),
        *(Step("node.started a"), Step("node.succeeded a", {}, {"result": 1})),
        *(Step("node.started b"), Step("node.retrying b", {"next_at": None}), Step("node.started b")),
    ]
    whole = record(run, steps)

    history = told(read_history(fetch, run.pk, upto=run.last_seq))

    assert history[2:] == ["node.succeeded a", "node.started b", "node.retrying b", "node.started b"]
    story = read_story(fetch, run.pk)
    assert told(story.events)[2:] == ["node.started a", "node.succeeded a", *history[3:]]
    assert story.to_state() == whole


def test_however_often_a_run_has_parked_it_is_read_once(make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}))
    parked = [
        Step("run.waiting", {"wake_at": "2026-01-05T09:00:00+00:00"}),
        Step("run.resumed"),
        Step("run.paused"),
    ]
    whole = record(
        run, [Step("run.started"), Step("node.started a"), *(50 * [*parked, Step("run.resumed")]), parked[0]]
    )

    story = read_story(fetch, run.pk)

    assert told(story.events) == ["run.queued", "run.started", "node.started a", "run.waiting"]
    assert story.to_state() == whole


@pytest.mark.parametrize("rounds", [0, 1, 2, 3, 7, 8, 20])
@pytest.mark.parametrize("last", ["open", "node.succeeded", "node.failed", "node.cancelled"])
def test_rounds_are_counted_wherever_the_last_one_is(make_run: RunMaker, rounds: int, last: str) -> None:
    run = make_run(document=loop(ROUNDS))
    steps = loop_steps(rounds, ("step",), total=ROUNDS, open_at=rounds)
    if rounds and last != "open":
        steps = [*steps, Step(f"{last} loop/{rounds}", {"iteration": rounds})]
    whole = record(run, [Step("run.started"), *steps])

    assert read_story(fetch, run.pk).to_state() == whole
    assert fold(read_history(fetch, run.pk, upto=run.last_seq)).nodes.keys() == whole.nodes.keys()


def test_of_a_map_at_work_every_item_that_ended_is_read(make_run: RunMaker) -> None:
    run = make_run(document=mapped([1, 2, 3]))
    steps = [
        Step("run.started"),
        Step("node.started map", {"container": "map", "total": 3}),
        *(Step(f"node.started map/{number}", {"iteration": number}) for number in (1, 2, 3)),
        Step("node.succeeded map/2", {"iteration": 2}, {"value": "two"}),
        Step("node.failed map/1", {"iteration": 1, "error": {"code": "no", "message": ""}}),
    ]
    record(run, steps)

    history = read_history(fetch, run.pk, upto=run.last_seq)

    ends = [event for event in history if event.type is not EventType.NODE_STARTED and event.node]
    assert [(event.node, event.payload is not None) for event in ends] == [("map/2", True), ("map/1", False)]


def test_readers_read_counts_and_not_rounds(make_run: RunMaker) -> None:
    run = make_run(document=loop(ROUNDS + 1))
    whole = record(run, [Step("run.started"), *loop_steps(ROUNDS, ("step",), open_at=ROUNDS)])

    story = read_story(fetch, run.pk)

    assert len(story.events) == 5
    assert story.to_state() == whole == state_of(run.pk)


def test_a_loop_in_a_loop_is_read_at_every_depth(make_run: RunMaker) -> None:
    document = loop(3)
    document["nodes"][2] = {
        "id": "inner",
        "type": "LoopNode",
        "parent": "loop",
        "config": {"max_iterations": 4},
    }
    document["nodes"].append({"id": "deep", "type": "TestEcho", "parent": "inner"})
    document["connections"] = []
    run = make_run(document=document)
    steps = [
        Step("run.started"),
        Step("node.started loop", {"container": "loop", "total": 3}),
        Step("node.started loop/1", {"iteration": 1}),
        *loop_steps(4, ("deep",), path="loop/1/inner"),
        Step("node.succeeded loop/1", {"iteration": 1}, {"value": None}),
        Step("node.started loop/2", {"iteration": 2}),
        *loop_steps(3, ("deep",), path="loop/2/inner", total=4, open_at=3),
    ]
    whole = record(run, steps)

    over, at_work = scope_of(run, "loop/1"), scope_of(run, "loop/2")

    assert state_of(run.pk) == whole
    assert over is not None
    assert at_work is not None
    ended, open_ = over.nodes["inner"].iterations, at_work.nodes["inner"].iterations
    assert ended is not None
    assert open_ is not None
    assert (ended.to_dict()["done"], ended.to_dict()["running"]) == (4, [])
    assert (open_.to_dict()["done"], open_.to_dict()["running"]) == (2, [3])
    deep = state_at(run, "loop/1/inner/4/deep")
    assert deep is not None
    assert deep.status == "succeeded"
    assert sorted(spec.id for spec in over.graph.nodes) == ["deep", "inner"]


def test_the_scope_of_a_path() -> None:
    assert [parent_of(path) for path in ("a", "loop/3", "loop/3/a")] == ["", "loop", "loop/3"]
