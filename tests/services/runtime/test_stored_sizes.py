"""What a run is told to store, and the uses of large values that its commits note."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Sum

from runtime.engine.state import RunStatus
from runtime.host.host import RunHost
from runtime.models import Blob, BlobUse, Run, RunEvent
from runtime.services.reruns import rerun
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status

LARGE = "x" * 20_000


@pytest.fixture
def host(make_host: HostMaker) -> RunHost:
    return make_host()


def uses_of(run: Run) -> set[str]:
    return set(BlobUse.objects.filter(run=run).values_list("hash", flat=True))


def test_a_run_counts_what_its_events_and_values_take(make_run: RunMaker, host: RunHost) -> None:
    run = wait_for_status(make_run(("a", "TestEcho", {"value": LARGE})), RunStatus.SUCCEEDED)

    payloads = RunEvent.objects.filter(run=run)
    text = sum(len(bytes(event.payload or b"")) + len(str(event.data)) for event in payloads)
    assert run.value_bytes == Blob.objects.get().size == len(LARGE) + 2
    assert text < run.event_bytes < text + 100 * run.last_seq
    assert run.stored_bytes == run.value_bytes + run.event_bytes + run.log_bytes


def test_a_value_that_flows_on_is_stored_and_counted_once(make_run: RunMaker, host: RunHost) -> None:
    chain = tuple((name, "TestEcho", {"value": LARGE}) for name in "abc")
    run = wait_for_status(make_run(*chain), RunStatus.SUCCEEDED)

    assert uses_of(run) == {Blob.objects.get().hash}
    assert run.value_bytes == Blob.objects.aggregate(all=Sum("size"))["all"]


def test_a_run_with_copied_results_uses_their_values_too(make_run: RunMaker, host: RunHost) -> None:
    steps = (("a", "TestEcho", {"value": LARGE}), ("b", "TestFail", {}))
    source = wait_for_status(make_run(*steps), RunStatus.FAILED)

    again = wait_for_status(rerun(source.requested_by, source, mode="failed"), RunStatus.FAILED)

    assert uses_of(again) == uses_of(source) == {Blob.objects.get().hash}
    assert again.value_bytes == source.value_bytes


def test_an_output_past_the_run_s_quota_fails_its_node(
    make_run: RunMaker, host: RunHost, settings: Any
) -> None:
    settings.RUN_MAX_STORED_MB = 1

    run = make_run(("a", "TestEcho", {"value": "y" * 600_000}), ("b", "TestEcho", {"value": "z" * 600_000}))
    run = wait_for_status(run, RunStatus.FAILED)

    assert run.error["code"] == "run_quota_exceeded"
    assert run.error["node"] == "b"
    assert "may store 1.0 MiB" in run.error["message"]
    assert run.stored_bytes < 1 << 20
