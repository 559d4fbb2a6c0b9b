"""A run that kills its hosts is stopped, and only such a run."""

from __future__ import annotations

from typing import Any

from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.state import RunStatus, fold
from runtime.host.host import RunHost
from runtime.host.poison import MAX_DEATHS, WHOLE_RUN, Deaths, Judgement, judge
from runtime.models import Run
from runtime.queries.runs import state_of
from runtime.services.runs import cancel_run
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    look,
    types_of,
    wait_for,
    wait_for_status,
)
from tests.services.runtime.recorded import stored_events
from tests.services.runtime.test_containers import loop

FRAMES: dict[str, dict[str, Any]] = {"loop": {"container": "loop"}, "loop/1": {"iteration": 1}}


def history(*steps: str) -> list[Event]:
    """Events from text such as `node.started a`; `loop` is a loop, and `loop/1` its first round."""
    events = []
    attempts: dict[str, int] = {}
    for seq, step in enumerate(("run.queued", "run.started", *steps), start=1):
        kind, _, node = step.partition(" ")
        if kind == "node.started":
            attempts[node] = attempts.get(node, 0) + 1
        facts = FRAMES.get(node, {})
        events.append(Event(seq, utc_now(), EventType(kind), node or None, attempts.get(node, 0), facts))
    return events


def judged(events: list[Event], earlier: Deaths) -> Judgement:
    return judge(fold(events), events, earlier)


def test_a_node_whose_batches_end_between_two_deaths_is_no_suspect() -> None:
    events = history("node.started a")
    deaths: Deaths = {}
    suspects = []
    for ended in (0, 3, 4, 4, 4):
        judgement = judge(fold(events), events, deaths, {"a": ended} if ended else {})
        suspects.append(judgement.suspected)
        deaths = judgement.deaths

    assert suspects == [[], [], [], ["a"], ["a"]]


def test_deaths_in_a_row_make_a_suspect_and_then_convict() -> None:
    events = history("node.started a")
    deaths: Deaths = {}
    culprits, suspects = [], []
    for _ in range(5):
        judgement = judged(events, deaths)
        culprits.append(judgement.culprit)
        suspects.append(judgement.suspected)
        deaths = judgement.deaths
        events = history("node.started a", *["run.resumed", "node.started a"] * len(culprits))

    assert culprits == [None, None, None, None, "a"]
    assert suspects == [[], ["a"], ["a"], ["a"], ["a"]]


def test_a_node_that_moved_on_by_itself_starts_anew() -> None:
    before = history("node.started a")
    after = history("node.started a", "run.resumed", "node.started a", "node.retrying a", "node.started a")

    judgement = judged(after, {"a": {"deaths": MAX_DEATHS - 1, "seq": len(before)}})

    assert judgement.culprit is None
    assert judgement.deaths["a"]["deaths"] == 1


def test_nodes_that_ended_are_no_longer_suspects() -> None:
    events = history("node.started a", "node.succeeded a", "node.started b")

    judgement = judged(events, {"a": {"deaths": MAX_DEATHS - 1, "seq": 3}})

    assert list(judgement.deaths) == ["b"]


def test_a_run_that_waits_is_not_held_against_the_node_that_waits() -> None:
    events = history("node.started a", "node.waiting a", "run.waiting")

    assert judged(events, {"a": {"deaths": MAX_DEATHS - 1, "seq": 3}}).culprit is None


def test_a_parked_run_that_kills_whoever_reads_it_is_convicted() -> None:
    events = history("node.started a", "node.waiting a", "run.waiting")
    deaths: Deaths = {}
    culprits = []
    for _ in range(MAX_DEATHS):
        judgement = judged(events, deaths)
        culprits.append(judgement.culprit)
        deaths = judgement.deaths

    assert culprits == [None] * (MAX_DEATHS - 1) + [WHOLE_RUN]


def test_deaths_of_a_run_that_looked_and_parked_again_do_not_add_up() -> None:
    before = history("node.started a", "node.waiting a", "run.waiting")
    after = history("node.started a", "node.waiting a", "run.waiting", "run.resumed", "run.waiting")

    judgement = judged(after, {WHOLE_RUN: {"deaths": MAX_DEATHS - 1, "seq": len(before)}})

    assert judgement.deaths == {WHOLE_RUN: {"deaths": 1, "seq": 7}}


def test_a_run_that_dies_before_any_node_starts_is_convicted_too() -> None:
    events = history()

    judgement = judged(events, {WHOLE_RUN: {"deaths": MAX_DEATHS - 1, "seq": 2}})

    assert judgement.culprit == WHOLE_RUN


def test_deaths_between_nodes_of_a_run_that_progresses_do_not_add_up() -> None:
    events = history("node.started a", "node.succeeded a")

    judgement = judged(events, {WHOLE_RUN: {"deaths": MAX_DEATHS - 1, "seq": 2}})

    assert judgement.culprit is None


def test_a_loop_is_not_suspected_for_what_a_step_in_it_does() -> None:
    events = history("node.started loop", "node.started loop/1", "node.started loop/1/a")

    assert list(judged(events, {}).deaths) == ["loop/1/a"]


def test_deaths_between_the_steps_of_a_loop_that_progresses_do_not_add_up() -> None:
    events = history("node.started loop", "node.started loop/1", "node.succeeded loop/1")

    judgement = judged(
        events,
        {WHOLE_RUN: {"deaths": MAX_DEATHS - 1, "seq": 3}, "loop": {"deaths": MAX_DEATHS - 1, "seq": 3}},
    )

    assert judgement == Judgement({WHOLE_RUN: {"deaths": 1, "seq": 5}}, None)


def test_a_history_with_gaps_is_judged_by_the_numbers_of_its_events() -> None:
    """A resumed run is read without what happened in rounds that are over."""
    events = history(
        "node.started loop", "node.started loop/1", "node.succeeded loop/1", "node.started loop/1"
    )
    later = [event._replace(seq=event.seq + 1000) for event in events[4:]]

    judgement = judged([*events[:4], *later], {WHOLE_RUN: {"deaths": MAX_DEATHS - 1, "seq": 6}})

    assert judgement.deaths[WHOLE_RUN]["deaths"] == 1


def test_a_step_in_a_loop_that_kills_its_hosts_fails_the_run(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(document=loop(3, "TestGate"))
    for death in range(1, MAX_DEATHS + 1):
        host = make_host(lease=DeadLease, grace_s=0.1)
        wait_for(lambda death=death: nodes.calls["loop/1/step"] == death, f"start {death}")
        wait_for(lambda death=death: types_of(run).count("node.started loop/1/step") == death, "the record")
        host.stop_claiming()
        expire_lease(host.id)

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert (run.error["code"], run.error["node"], run.error["inner"]) == ("host_died", "loop", "loop/1/step")
    assert types_of(run)[-4:] == [
        "node.failed loop/1/step",
        "node.cancelled loop/1",
        "node.cancelled loop",
        "run.failed",
    ]
    assert state_of(run.pk) == fold(stored_events(run))


def test_a_run_that_kills_its_hosts_again_and_again_fails_with_a_clear_error(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(("a", "TestEcho", {}), ("b", "TestGate", {}))
    for death in range(1, MAX_DEATHS + 1):
        host = make_host(lease=DeadLease, grace_s=0.1)
        wait_for(lambda death=death: nodes.calls["b"] == death, f"start {death}")
        wait_for(lambda death=death: types_of(run).count("node.started b") == death, "the record of it")
        host.stop_claiming()  # a dead host takes nothing
        expire_lease(host.id)

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert (run.error["code"], run.error["node"]) == ("host_died", "b")
    assert f"{MAX_DEATHS} times in a row" in run.error["message"]
    assert types_of(run)[-2:] == ["node.failed b", "run.failed"]
    assert nodes.calls["b"] == MAX_DEATHS


# --- the innocent ones beside it ----------------------------------------------------------------------------


def gated(make_run: RunMaker, name: str) -> Run:
    return make_run((name, "TestGate", {"gate": name}), (f"{name} end", "TestEcho", {}))


def started(*runs: Run) -> list[int]:
    """How often the step of each was started, as the tables have it."""
    return [sum(kind.startswith("node.started") for kind in types_of(run)) for run in runs]


def dies(host: RunHost) -> None:
    """Takes nothing more, beats no more, and drives on as long as the test lasts."""
    host.stop_claiming()
    expire_lease(host.id)


def test_of_suspected_runs_one_goes_on_at_a_time(make_run: RunMaker, make_host: HostMaker) -> None:
    """Two hosts died with all of them, and one of them may be what killed both."""
    runs = [gated(make_run, name) for name in "xyz"]
    for death in (1, 2):
        host = make_host(lease=DeadLease, grace_s=0.1)
        wait_for(lambda death=death: started(*runs) == [death] * 3, f"the starts of host {death}")
        dies(host)

    third = make_host(lease=DeadLease, grace_s=0.1)
    wait_for(lambda: sum(started(*runs)) == 7, "the next start")
    look(third)
    (poison,) = [run for run, times in zip(runs, started(*runs), strict=True) if times == 3]
    innocent = [run for run in runs if run.pk != poison.pk]
    assert started(*innocent) == [2, 2]
    dies(third)
    for name, run in zip("xyz", runs, strict=True):
        if run.pk != poison.pk:
            nodes.open_gate(name)
    for death in range(4, MAX_DEATHS + 1):
        host = make_host(lease=DeadLease, grace_s=0.1)
        wait_for(lambda death=death: started(poison) == [death], f"start {death} of the one")
        dies(host)
    make_host()
    wait_for_status(poison, RunStatus.FAILED)

    for run in innocent:
        wait_for_status(run, RunStatus.SUCCEEDED)
    assert poison.error is not None
    assert poison.error["code"] == "host_died"


def test_the_next_one_goes_on_as_soon_as_the_suspected_step_has_ended(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    runs = [make_run((name, "TestGate", {"gate": name}), ("b", "TestGate", {"gate": "b"})) for name in "xy"]
    for death in (1, 2):
        host = make_host(lease=DeadLease, grace_s=0.1)
        wait_for(lambda death=death: started(*runs) == [death] * 2, f"the starts of host {death}")
        dies(host)
    make_host()
    wait_for(lambda: sum(started(*runs)) == 5, "the first")

    for name in "xy":
        nodes.open_gate(name)

    wait_for(lambda: started(*runs) == [4, 4], "the second step of both")
    nodes.open_gate("b")
    for run in runs:
        wait_for_status(run, RunStatus.SUCCEEDED)


def test_a_suspected_run_that_waits_for_its_turn_is_cancelled(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    runs = [gated(make_run, name) for name in "xy"]
    for death in (1, 2):
        host = make_host(lease=DeadLease, grace_s=0.1)
        wait_for(lambda death=death: started(*runs) == [death] * 2, f"the starts of host {death}")
        dies(host)
    host = make_host()
    wait_for(lambda: sum(started(*runs)) == 5, "the first")
    (waiting,) = [run for run, times in zip(runs, started(*runs), strict=True) if times == 2]

    cancel_run(waiting)
    look(host)

    wait_for_status(waiting, RunStatus.CANCELLED)
