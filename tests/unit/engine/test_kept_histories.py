"""Runs that older releases began: their events fold to what they folded to then, and they can go on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.state import RunStatus, fold
from runtime.engine.upcasting import UnknownEvent, upcast
from tests.unit.engine.kept_histories import FOLDER, Kept, drive_to_the_end, read, read_event
from tests.unit.engine.random_graphs import plain
from tests.unit.engine.test_resuming import ENDS, is_about_to_fail

FILES = sorted(FOLDER.glob("*.jsonl"))
LEAST = {
    *("chain", "fan", "retry", "error-route", "loop", "map", "sub-workflow"),
    *("approval", "pause", "unknown-outcome", "child-run"),
}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def kept(request: pytest.FixtureRequest) -> Kept:
    return read(request.param)


def known_of(found: Any, known: Any) -> Any:
    """What is found, without facts that the older release did not have."""
    if isinstance(found, dict) and isinstance(known, dict):
        return {key: known_of(found.get(key, "nothing"), value) for key, value in known.items()}
    return found


def prefixes(kept: Kept) -> Iterator[list[Event]]:
    """The history at each moment at which the run was not over."""
    failed = {event.node for event in kept.events if event.type is EventType.NODE_FAILED}
    ends = {event.node or "": ("failed" if event.node in failed else "",) for event in kept.events}
    for cut in range(1, len(kept.events)):
        prefix = kept.events[:cut]
        if not is_about_to_fail(prefix, ends):
            yield prefix


def test_every_kind_of_history_is_kept() -> None:
    assert {path.stem for path in FILES} >= LEAST


def test_it_folds_to_the_state_that_was_recorded(kept: Kept) -> None:
    state = json.loads(json.dumps(fold(kept.events).to_dict()))

    assert known_of(state, kept.end["state"]) == kept.end["state"]
    assert [event.seq for event in kept.events] == list(range(1, 1 + len(kept.events)))


def test_it_goes_on_from_every_moment_to_the_same_end(kept: Kept) -> None:
    for prefix in prefixes(kept):
        over = {event.node for event in prefix if event.type in ENDS}

        outcome, events = drive_to_the_end(kept.case, prefix)

        assert (outcome.status, plain(outcome.results)) == (kept.end["status"], kept.end["results"])
        assert over.isdisjoint(event.node for event in events[len(prefix) :])
        again = fold(events)
        assert {name: state.status for name, state in again.nodes.items()} == {
            name: state["status"] for name, state in kept.end["state"]["nodes"].items()
        }


def test_one_that_is_over_stays_as_it_ended(kept: Kept) -> None:
    outcome, events = drive_to_the_end(kept.case, kept.events)

    assert (outcome.status, len(events)) == (kept.end["status"], len(kept.events))


# --- older and newer events -------------------------------------------------------------------------------


def waiting(**data: Any) -> Event:
    return Event(3, utc_now(), EventType.NODE_WAITING, "a", 1, data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"until": "2026-01-05T09:00:00+00:00"}, "timer"),
        ({"until": None}, "outcome_unknown"),
        ({}, "outcome_unknown"),
    ],
)
def test_a_wait_that_says_no_reason_is_one_of_the_two_that_there_were(
    data: dict[str, Any], reason: str
) -> None:
    found = upcast(waiting(**data))

    assert found.data == {"reason": reason, "until": data.get("until")}
    assert upcast(found) is found


def test_events_of_today_are_read_as_they_are() -> None:
    event = waiting(reason="approval", until=None)

    assert upcast(event) is event


def test_a_fact_that_nobody_knows_is_left_alone(tmp_path: Path) -> None:
    path = FOLDER / "chain.jsonl"
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines[1:-1]:
        line["data"]["of_a_newer_release"] = {"deep": [1]}
    newer = tmp_path / "chain.jsonl"
    newer.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")

    kept = read(newer)

    assert fold(kept.events).run_status is RunStatus.SUCCEEDED
    outcome, _ = drive_to_the_end(kept.case, kept.events[:4])
    assert outcome.status == "succeeded"


@pytest.mark.parametrize("kind", ["node.dreamed", "run.dreamed", ""])
def test_an_event_of_a_type_that_nobody_knows_is_told(kind: str) -> None:
    line = {"seq": 2, "at": utc_now().isoformat(), "type": kind, "node": "a", "attempt": 1, "data": {}}

    with pytest.raises(UnknownEvent, match="a newer one wrote it") as caught:
        read_event(line)

    assert caught.value.code == "unknown_event"
    assert caught.value.facts["type"] == kind
