"""A workflow that changes or goes while its runs are under way: they go on as they began."""

from __future__ import annotations

from accounts.models import User
from runtime.models import Workflow
from runtime.services.workflows import delete_workflow, publish_version
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import in_a_row, step
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_runs, wait_until_ended
from tests.chaos.test_servers import steps_done


def test_runs_under_way_outlive_edits_deletion_and_a_kill(
    make_run: RunMaker, workers: Workers, workflow: Workflow, user: User
) -> None:
    document = in_a_row([step(name, seconds=0.1) for name in "abcdef"])
    runs = [make_run(document) for _ in range(4)]
    first = workers.start()
    until(lambda: steps_done(runs[0]) >= 1, "a step", said=first.said)

    publish_version(workflow, in_a_row([step("other")]), user=user)
    until(lambda: steps_done(runs[0]) >= 2, "another step", said=first.said)
    delete_workflow(workflow)
    first.kill()
    first.expire()
    second = workers.start()
    wait_until_ended(said=second.said)

    check_runs(runs, user)
    assert {run.status for run in runs} == {"succeeded"}
    assert {tuple(run.counts.items()) for run in runs} == {(("succeeded", 6),)}
