"""Outputs as they are stored and read again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.engine.state import RunStatus
from runtime.models import Blob, Run, RunEvent
from runtime.payloads import INLINE_BYTES
from runtime.queries.nodes import PREVIEW_ITEMS, node_of_run, outputs_of
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, snapshot_version
from tests.people import make_tenant, make_user
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    HostMaker,
    RunMaker,
    chain,
    types_of,
    wait_for,
    wait_for_status,
)
from tests.services.runtime.test_containers import wire

LARGE = [{"number": number, "text": "x" * 40} for number in range(1000)]


def finished(make_run: RunMaker, make_host: HostMaker, value: Any) -> Run:
    run = make_run(("a", "TestEcho", {"text": json.dumps(value)}), ("b", "TestEcho", {}))
    make_host()
    return wait_for_status(run, RunStatus.SUCCEEDED)


@pytest.mark.parametrize(
    "value",
    [
        {"zulu": 1, "alpha": 2, "mike": 3},
        [100000, 1e5, 1.0, -0.0, 2**80],
        "NUL \x00 and é and 🎈",
        None,
        LARGE,
        {"": {"value": {"blob": "not one"}}},
    ],
    ids=["order of keys", "numbers", "text", "null", "large", "looks like a reference"],
)
def test_outputs_come_back_exactly(make_run: RunMaker, make_host: HostMaker, value: Any) -> None:
    run = finished(make_run, make_host, value)

    found = outputs_of(run, "a", whole=True)

    assert found.values is not None
    assert repr(found.values["result"]) == repr(value)


def test_small_values_are_inline_and_large_ones_are_not(make_run: RunMaker, make_host: HostMaker) -> None:
    run = finished(make_run, make_host, LARGE)

    payloads = RunEvent.objects.filter(run=run, type="node.succeeded").values_list("payload", flat=True)

    assert all(len(payload) < INLINE_BYTES for payload in payloads)
    assert Blob.objects.filter(tenant=run.tenant).count() == 1


def test_the_same_value_is_stored_once_in_each_tenant(
    make_run: RunMaker, make_host: HostMaker, transactional_db: None
) -> None:
    make_host()
    for _ in range(2):
        wait_for_status(make_run(("a", "TestEcho", {"value": LARGE})), RunStatus.SUCCEEDED)
    elsewhere = make_tenant("Other")
    stranger = make_user(elsewhere, "owner")
    workflow = create_workflow(tenant=elsewhere, user=stranger, name="Other")
    version = snapshot_version(workflow, chain(("a", "TestEcho", {"value": LARGE})), user=stranger)
    wait_for_status(start_run(stranger, version), RunStatus.SUCCEEDED)

    assert sorted(Blob.objects.values_list("tenant__name", flat=True)) == ["Acme", "Other"]


def test_a_value_too_large_to_show_is_previewed(make_run: RunMaker, make_host: HostMaker) -> None:
    run = finished(make_run, make_host, LARGE * 10)

    view = node_of_run(run, "a")

    assert view is not None
    assert view.outputs.truncated
    assert view.outputs.items == 10_000
    assert view.outputs.values is not None
    assert len(view.outputs.values["result"]) == PREVIEW_ITEMS


def test_the_inputs_of_a_node_are_what_its_sources_gave(make_run: RunMaker, make_host: HostMaker) -> None:
    run = finished(make_run, make_host, LARGE)

    view = node_of_run(run, "b")

    assert view is not None
    assert view.inputs.values == {"value": LARGE}
    assert [(one.attempt, one.status) for one in view.attempts] == [(1, "succeeded")]


def test_an_unknown_node_is_none_and_an_unstarted_one_has_no_values(make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}))

    assert node_of_run(run, "nobody") is None
    view = node_of_run(run, "a")
    assert view is not None
    assert (view.state.status, view.inputs.values, view.outputs.values) == ("pending", None, None)


@pytest.mark.parametrize("is_resumed", [False, True])
def test_a_resumed_run_hands_on_what_a_first_run_does(
    is_resumed: bool, make_run: RunMaker, make_host: HostMaker
) -> None:
    """JSON has no dates and no Decimals: they are text for every node behind, not only after a crash."""
    run = make_run(
        document={
            "schema": 1,
            "nodes": [
                {"id": "dated", "type": "TestDated"},
                {"id": "gate", "type": "TestGate"},
                {"id": "kinds", "type": "TestKinds"},
            ],
            "connections": [
                wire("dated", "result.day", "kinds", "day"),
                wire("dated", "result.price", "kinds", "price"),
                wire("dated", "many.1999", "kinds", "last"),
                wire("dated", "result", "gate", "value"),
                wire("gate", "result", "kinds", "gate"),
            ],
        }
    )
    host = make_host(grace_s=0.1)
    wait_for(lambda: "node.started gate" in types_of(run), "the gate")

    if is_resumed:
        host.stop()
        make_host()
    nodes.open_gate("gate")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert outputs_of(run, "kinds").values == {
        "result": dict.fromkeys(("day", "price", "last", "gate"), "str")
    }
