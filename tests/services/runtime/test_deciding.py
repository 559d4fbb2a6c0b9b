"""People decide how a step ended that nobody knows the outcome of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from runtime.engine.errors import ParameterError
from runtime.engine.state import RunStatus
from runtime.models import Run, RunDecision, RunEvent
from runtime.services.decisions import NothingToDecide, decide_step
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    types_of,
    wait_for,
    wait_for_status,
)

Undecided = Callable[[], Run]


@pytest.fixture
def undecided(make_run: RunMaker, make_host: HostMaker) -> Run:
    """A host died during `a`, which must not be called twice."""
    run = make_run(("a", "TestOnce", {}), ("b", "TestEcho", {"value": 5}))
    dead = make_host(lease=DeadLease)
    wait_for(lambda: nodes.calls["a"] == 1, "the gate")
    expire_lease(dead.id)
    Run.objects.filter(pk=run.pk).update(fence=5)
    make_host()
    return wait_for_status(run, RunStatus.WAITING)


def test_a_step_that_is_said_to_have_succeeded_hands_on_what_it_is_given(undecided: Run, user: User) -> None:
    decide_step(
        undecided, user, path="a", attempt=1, outcome="succeeded", outputs={"result": 7}, comment="seen"
    )

    wait_for_status(undecided, RunStatus.SUCCEEDED)
    event = RunEvent.objects.get(run=undecided, node="a", type="node.succeeded")
    assert (event.data["decided_by"], event.data["comment"]) == (user.email, "seen")
    assert nodes.calls == {"a": 1, "b": 1}


def test_a_step_that_is_said_to_have_failed_fails(undecided: Run, user: User) -> None:
    decide_step(undecided, user, path="a", attempt=1, outcome="failed", comment="no")

    wait_for_status(undecided, RunStatus.FAILED)
    assert undecided.error is not None
    assert (undecided.error["code"], undecided.error["node"]) == ("decided_failed", "a")


def test_a_step_may_be_tried_again(undecided: Run, user: User) -> None:
    nodes.open_gate("gate")

    decide_step(undecided, user, path="a", attempt=1, outcome="retry")

    wait_for_status(undecided, RunStatus.SUCCEEDED)
    assert nodes.calls == {"a": 2, "b": 1}
    assert types_of(undecided).count("node.started a") == 2


def test_an_attempt_is_decided_once(undecided: Run, user: User) -> None:
    RunDecision.objects.create(
        run=undecided, node="a", attempt=1, outcome="retry", decided_by=user, decided_at=undecided.created_at
    )

    with pytest.raises(NothingToDecide, match="decided about this attempt"):
        decide_step(undecided, user, path="a", attempt=1, outcome="failed")


@pytest.mark.parametrize(("path", "attempt"), [("a", 2), ("b", 1), ("no/such", 1)])
def test_only_what_waits_for_a_decision_is_decided(
    undecided: Run, user: User, path: str, attempt: int
) -> None:
    with pytest.raises(NothingToDecide):
        decide_step(undecided, user, path=path, attempt=attempt, outcome="failed")
    assert not RunDecision.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "outputs"),
    [("perhaps", None), ("failed", {"result": 1}), ("retry", {}), ("succeeded", {"reslt": 1})],
)
def test_what_a_step_cannot_have_is_refused(
    undecided: Run, user: User, outcome: str, outputs: dict[str, object] | None
) -> None:
    with pytest.raises(ParameterError):
        decide_step(undecided, user, path="a", attempt=1, outcome=outcome, outputs=outputs)
    assert not RunDecision.objects.exists()


def test_a_decision_that_comes_while_the_run_is_paused_is_carried_out_when_it_goes_on(
    undecided: Run, user: User
) -> None:
    from runtime.services.runs import pause_run, resume_run

    pause_run(undecided)
    decide_step(undecided, user, path="a", attempt=1, outcome="succeeded", outputs={"result": 7})
    resume_run(undecided)

    wait_for_status(undecided, RunStatus.SUCCEEDED)
    assert nodes.calls == {"a": 1, "b": 1}
