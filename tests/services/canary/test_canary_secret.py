"""A secret goes through every type of node, to servers that send it back, and comes out nowhere."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Tenant, User
from runtime.engine.secret import DOTS
from runtime.host.host import RunHost
from runtime.host.worker import open_host
from runtime.models import CredentialRotation, CredentialUse, DeliveryStatus, Outbox, Run, RunEvent
from runtime.nodes.catalogue import BUILT_IN
from runtime.services.credentials import create_credential
from runtime.services.lineage_facts.finding import find_facts
from runtime.services.lineage_facts.sending import send_events
from runtime.services.outbox import send_due
from runtime.services.rotation_upkeep import finish_rotations
from runtime.services.run_ends import follow_up
from tests.contract import Api
from tests.people import bearer, make_tenant, make_user
from tests.services.canary.cases import ROWS, SHOW, Case, database, names, node, wire
from tests.services.canary.exits import answers, frames, report_of, stored
from tests.services.canary.forms import FORMS, leaks
from tests.services.canary.peers import World, peers
from tests.services.runtime.receiver import Receiver, receiving

LONGEST_S = 40
# Whose own pages are asked for: the lists and the tables tell of all credentials.
SHOWN = ("httprequest_fails", "sqlquery_fails", "email_fails", "rotatingcredential_renews",
         "rotatingcredential_fails", "rotatingcredential_gap")  # fmt: skip
FINAL = ("succeeded", "failed", "cancelled")
CHILD = {
    "parameters": [{"name": "given", "schema": {}}],
    "nodes": [
        node("value", "ValueNode", value="${given}"),
        node("show", "PythonCodeNode", code=SHOW + " + '!'"),
    ],
    "connections": [wire("value", "result", "show", "given")],
}


def test_every_node_type_is_in_the_table() -> None:
    assert set(ROWS) == {node_class.type for node_class in BUILT_IN}
    assert [type_ for type_, row in ROWS.items() if not row.how] == []


@pytest.mark.parametrize("form", FORMS)
def test_a_leak_in_any_form_is_found(form: str) -> None:
    assert leaks({"here": f"a{form}b", "there": DOTS})[0].startswith("here: ")


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def user(tenant: Tenant) -> User:
    return make_user(tenant, "owner")


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    with peers() as world:
        settings.EGRESS_ALLOW = "127.0.0.1"
        yield world


@pytest.fixture
def collector(settings: Any) -> Iterator[Receiver]:
    with receiving() as receiver:
        settings.OPENLINEAGE_URL = receiver.url
        yield receiver


@pytest.fixture
def host(tenant: Tenant, world: World) -> Iterator[RunHost]:
    host = open_host()
    host.start()
    yield host
    host.stop()


def made(api: Api, name: str, graph: dict[str, Any]) -> str:
    """The id of a published workflow."""
    response = api.post("workflows/", {"name": name, "graph": graph})
    assert response.status_code == 201, response.content
    workflow = str(response.json()["id"])
    published = api.post(f"workflows/{workflow}/versions/", {})
    assert published.status_code == 201, published.content
    return workflow


def graph_of(cases: dict[str, Case], world: World) -> dict[str, Any]:
    """All of them in one workflow."""
    nodes, wires = [], []
    for name, case in cases.items():
        more, between = case.build(world, name)
        nodes += more
        wires += between
    settings = {"enable_logging": True, "debug": True, "enable_monitoring": True}
    return {"nodes": nodes, "connections": wires, "settings": settings}


def ended(api: Api, host: RunHost, runs: list[str]) -> None:
    """Once all have: messages are sent and questions answered meanwhile."""
    host.ring()
    until = time.monotonic() + LONGEST_S
    while Run.objects.exclude(status__in=FINAL).exists():
        assert time.monotonic() < until, [api.get(f"runs/{run}/").json() for run in runs]
        for approval in api.get("approvals/", {"status": "pending"}).json()["results"]:
            api.post(f"approvals/{approval['id']}/approve/", {"comment": "yes"})
        send_due()
        follow_up()
        time.sleep(0.02)


def afterwards() -> None:
    """What upkeep does once runs have ended."""
    send_due()
    follow_up()
    CredentialRotation.objects.update(retire_at=timezone.now(), lease_until=timezone.now())
    finish_rotations()
    Outbox.objects.filter(status=DeliveryStatus.PENDING).update(next_at=timezone.now())
    send_due()
    find_facts()
    send_events()


def test_a_secret_that_is_sent_back_comes_out_nowhere(
    user: User,
    world: World,
    collector: Receiver,
    host: RunHost,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    for peer in ("asyncio", "mail.log"):
        caplog.set_level(logging.WARNING, peer)
    api = Api(user)
    world.child = made(api, "Child", CHILD)
    cases = names()
    credentials = {
        name: create_credential(user=user, name=name, type=kind, description="", values=values).pk
        for name, case in cases.items()
        for kind, values in [case.keep(world, name)]
    }
    works = {name: case for name, case in cases.items() if not case.fails}
    fails = {name: case for name, case in cases.items() if case.fails}
    workflows = [made(api, "Works", graph_of(works, world)), made(api, "Fails", graph_of(fails, world))]
    runs = [api.post(f"workflows/{workflow}/runs/", {}).json()["id"] for workflow in workflows]
    ended(api, host, runs)
    afterwards()

    status: dict[str, str] = {}
    for run in runs:
        status |= {name: found["status"] for name, found in api.get(f"runs/{run}/").json()["nodes"].items()}
    assert {name: status[name] for name in cases} == {
        name: "failed" if case.fails else "succeeded" for name, case in cases.items()
    }
    for asked in world.provider.asked:
        world.see(asked.headers["authorization"])
    # The tests' PostgreSQL trusts whoever comes, and asks for no password.
    assert {name for name, case in cases.items() if case.keep is not database} <= world.seen
    used = CredentialUse.objects.values_list("credential__name", flat=True)
    assert set(cases) <= set(used) | {
        name for name in cases if name.startswith(("email", "webhook", "rotating"))
    }

    told = RunEvent.objects.exclude(node="").exclude(node=None).values_list("run_id", "node").distinct()
    steps: dict[str, list[str]] = {str(run): [] for run in Run.objects.values_list("pk", flat=True)}
    for run_id, path in told:
        steps[str(run_id)].append(str(path))
    ids = {
        "workflow_id": workflows,
        "credential_id": [str(credentials[name]) for name in SHOWN],
        "report_id": [report_of(api)],
        **ids_of(api, dataset_id="datasets/", lineage_id="lineage/", approval_id="approvals/"),
    }
    exits = answers(bearer(user), ids, steps)
    exits |= {f"frames {run}": frames(run, bearer(user)) for run in runs}
    exits["OpenLineage"] = "\n".join(f"{got.headers} {got.body.decode()}" for got in collector.got)
    exits["logs"] = caplog.text
    exits["output"] = "".join(capfd.readouterr())
    exits |= stored()

    assert leaks(exits) == []


def ids_of(api: Api, **lists: str) -> dict[str, list[str]]:
    """The ids of what is listed at each address."""
    return {key: [row["id"] for row in api.get(path).json()["results"]] for key, path in lists.items()}
