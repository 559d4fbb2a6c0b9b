"""A web service that refuses, stalls and breaks off: steps are tried again, and each key is one effect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import User
from runtime.models import Run
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import Document, in_a_row
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, check_runs, wait_until_ended
from tests.chaos.peer import Peer


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as running:
        yield running


def call(peer: Peer, name: str, then: str, *, retries: int = 3, timeout_s: float = 3.0) -> Document:
    policy = {"max_retries": retries, "initial_delay": 0.05, "backoff_strategy": "constant"}
    config: dict[str, Any] = {
        "method": "POST",
        "url": f"{peer.url}/{name}",
        "query": {"then": then},
        "timeout_s": timeout_s,
    }
    return {"id": name, "type": "HTTPRequestNode", "config": config, "options": {"retry": policy}}


BEHAVIOURS = {
    "503,ok": 2,
    "429:1,ok": 2,
    "reset,ok": 2,
    "half,ok": 2,
    "deaf,ok": 2,
    "slow:9,ok": 2,
    "drip:0.2": 1,
    "500,reset,503,ok": 4,
    "404": 1,
}


def test_each_misbehaviour_is_tried_again_with_the_same_key(
    make_run: RunMaker, workers: Workers, user: User, peer: Peer
) -> None:
    runs = {then: make_run(in_a_row([call(peer, "a", then)])) for then in BEHAVIOURS}

    worker = workers.start()
    wait_until_ended(said=worker.said)

    check_runs(runs.values(), user)
    for then, times in BEHAVIOURS.items():
        run = runs[then]
        assert run.status == ("failed" if then == "404" else "succeeded"), (then, run.error)
        assert peer.seen(str(run.pk)) == {f"{run.pk}/a": times}, then


def all_called(peer: Peer, runs: list[Run], name: str) -> bool:
    return all(f"{run.pk}/{name}" in peer.seen(str(run.pk)) for run in runs)


@pytest.mark.chaos
def test_effects_on_a_service_are_bounded_when_workers_die(
    make_run: RunMaker, workers: Workers, user: User, peer: Peer
) -> None:
    names = "abcdef"
    runs = [
        make_run(in_a_row([call(peer, name, "503,ok", timeout_s=30) for name in names], "body"))
        for _ in range(10)
    ]
    for nth in (4, 7):
        worker = workers.start(f"commit.after:{nth}=kill")
        until(lambda worker=worker: not worker.is_alive(), "a death", said=worker.said)
        worker.expire()
    # From here on each run moves on before the next death.
    for name in "bd":
        worker = workers.start()
        until(lambda name=name: all_called(peer, runs, name), f"calls of {name}", said=worker.said)
        worker.kill()
        worker.expire()
    survivor = workers.start()
    wait_until_ended(said=survivor.said)

    for run in runs:
        check_run(run, user)
        seen = peer.seen(str(run.pk))
        assert run.status == "succeeded"
        assert set(seen) == {f"{run.pk}/{name}" for name in names}
        assert all(2 <= times <= 2 + run.restarts for times in seen.values()), (seen, run.restarts)
