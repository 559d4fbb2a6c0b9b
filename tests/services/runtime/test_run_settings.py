"""Runtime parameters of single runs: within the operator's limits, and honoured by hosts."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from accounts.models import User
from runtime.engine.errors import GraphError
from runtime.engine.state import RunStatus
from runtime.models import Run, Workflow
from runtime.queries.plans import plan_of_run
from runtime.queries.runs import state_of
from runtime.services.runs import start_run
from runtime.services.workflows import publish_version, snapshot_version
from tests.services.runtime import nodes
from tests.services.runtime.conftest import HostMaker, RunMaker, chain, types_of, wait_for, wait_for_status
from tests.services.runtime.test_containers import loop


def refused(user: User, workflow: Workflow, settings: dict[str, Any]) -> list[tuple[str, str | None]]:
    version = snapshot_version(workflow, chain(("a", "TestEcho", {})), user=user)
    with pytest.raises(GraphError) as caught:
        start_run(user, version, settings=settings)
    assert Run.objects.count() == 0
    return [(problem.code, problem.field) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "name",
    [
        "sandbox",
        "user_context",
        "enable_security",
        "enable_audit",
        "secret_provider",
        "event_sink",
        "persist",
    ],
)
def test_what_is_the_operators_alone_is_refused(name: str, user: User, workflow: Workflow) -> None:
    assert refused(user, workflow, {name: None}) == [("unsupported_option", f"settings.{name}")]


def test_unknown_and_impossible_settings_are_refused_together(user: User, workflow: Workflow) -> None:
    found = refused(user, workflow, {"timeot": 3, "max_retries": -1})

    assert found == [("unknown_setting", "settings.timeot"), ("invalid_setting", "settings.max_retries")]


@override_settings(RUNTIME_LIMITS={"timeout": 60.0, "max_iterations": 5})
def test_a_run_may_only_tighten_the_operators_limits(
    user: User, workflow: Workflow, make_run: RunMaker
) -> None:
    found = refused(user, workflow, {"timeout": 61.0, "max_iterations": 6})
    tight = make_run(("a", "TestEcho", {}), settings={"timeout": 30.0})
    default = make_run(("a", "TestEcho", {}))

    assert found == [("over_limit", "settings.timeout"), ("over_limit", "settings.max_iterations")]
    assert plan_of_run(tight).config.timeout == 30.0
    assert (plan_of_run(default).config.timeout, plan_of_run(default).config.max_iterations) == (60.0, 5)


def test_limits_that_come_later_hold_for_versions_from_before(make_run: RunMaker) -> None:
    run = make_run(document={**chain(("a", "TestEcho", {})), "settings": {"timeout": 100.0}})

    with override_settings(RUNTIME_LIMITS={"timeout": 60.0}):
        assert plan_of_run(run).config.timeout == 60.0
    assert plan_of_run(run).config.timeout == 100.0


@override_settings(RUNTIME_LIMITS={"timeout": 60.0})
def test_a_version_over_the_limits_is_not_published(user: User, workflow: Workflow) -> None:
    with pytest.raises(GraphError) as caught:
        publish_version(workflow, {**chain(), "settings": {"timeout": 61.0}}, user=user)

    assert [problem.code for problem in caught.value.problems] == ["over_limit"]


def test_a_runs_settings_win_over_the_workflows(make_run: RunMaker, make_host: HostMaker) -> None:
    document = {
        **chain(("a", "TestFlaky", {}), ("b", "TestEcho", {})),
        "settings": {"retry_on_failure": False},
    }
    run = make_run(
        document=document,
        settings={"retry_on_failure": True, "max_retries": 2, "retry_initial_delay": 0},
    )

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert nodes.calls["a"] == 3


def test_an_output_over_the_runs_limit_fails_its_node(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {"value": "x" * 3000}), settings={"max_output_bytes": 2048})

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert (run.error["code"], run.error["node"]) == ("output_too_large", "a")


def test_a_loop_is_bounded_by_the_runs_limit(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=loop(50), settings={"max_iterations": 10})

    make_host()

    wait_for_status(run, RunStatus.FAILED)
    assert run.error is not None
    assert (run.error["code"], run.error["node"]) == ("max_iterations", "loop")


def test_monitoring_shows_what_a_node_used(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {"value": 1}), settings={"enable_monitoring": True})

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    usage = run.events.get(type="node.succeeded").data["usage"]
    assert set(usage) == {"queued_ms", "run_ms", "output_bytes"}


def test_logging_tells_the_workers_log_of_each_event(
    make_run: RunMaker, make_host: HostMaker, caplog: pytest.LogCaptureFixture
) -> None:
    loud = make_run(("a", "TestEcho", {}), settings={"enable_logging": True})
    quiet = make_run(("a", "TestEcho", {}))

    with caplog.at_level("INFO", logger="runtime.host.journal"):
        make_host()
        wait_for_status(loud, RunStatus.SUCCEEDED)
        wait_for_status(quiet, RunStatus.SUCCEEDED)

    told = [record.getMessage() for record in caplog.records if record.name == "runtime.host.journal"]
    assert len(told) == len(types_of(loud)) - 1  # all but the one that queued it
    assert all(str(loud.pk) in line for line in told)


def test_settings_are_the_same_for_a_resumed_run(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(
        ("a", "TestGate", {}), ("b", "TestFlaky", {}), settings={"retry_on_failure": True, "max_retries": 1}
    )
    host = make_host(grace_s=0.1)
    wait_for(lambda: nodes.calls["a"] == 1, "the gate")
    host.stop()
    nodes.open_gate("gate")

    make_host()

    wait_for_status(run, RunStatus.FAILED, timeout_s=20)
    assert nodes.calls["b"] == 2
    assert state_of(run.pk).nodes["b"].attempt == 2
