"""Masked values stay masked inside loops and maps, in other runs, in questions, in notices and in answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import Tenant, User
from runtime.host.host import RunHost
from runtime.models import Outbox, Run, WorkflowNotice
from runtime.services.run_ends import follow_up
from tests.api.driven import code, finished, make, wire
from tests.api.test_approvals import until_waiting
from tests.api.test_masking import SSN, mask, person
from tests.contract import Api
from tests.services.runtime.conftest import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = [{"ssn": SSN, "name": "Ada"}, {"ssn": "987-65-4321", "name": "Bob"}]
SECRETS = [person["ssn"] for person in PEOPLE]


@pytest.fixture
def masked(tenant: Tenant) -> Tenant:
    """Only the step `load` has masked fields; whatever is masked elsewhere is so because of it."""
    mask(tenant, "ssn", resource_type="node", resources=["load"], field="ssn", mask_type="redact")
    return tenant


@pytest.fixture
def owner(masked: Tenant) -> Api:
    return Api(person(masked, "owner", "secret"))


@pytest.fixture
def stranger(masked: Tenant) -> User:
    return person(masked, "analyst", "internal")


def load() -> dict[str, Any]:
    return {"id": "load", **code("result = people")}


def given() -> dict[str, Any]:
    return {"parameters": {"load": {"people": PEOPLE}}}


def leaks(api: Api, *addresses: str) -> dict[str, bytes]:
    answers = {address: api.get(address) for address in addresses}
    assert {address for address, answer in answers.items() if answer.status_code != 200} == set()
    found = {address: answer.content for address, answer in answers.items()}
    return {
        address: content
        for address, content in found.items()
        if any(secret.encode() in content for secret in SECRETS)
    }


def test_items_of_a_map_are_masked_like_the_list_that_they_come_from(
    owner: Api, stranger: User, host: RunHost
) -> None:
    text = "print('item', item['ssn'])\nresult = {'copy': item, 'line': 'is ' + item['ssn']}"
    graph = {
        "nodes": [
            load(),
            {"id": "each", "type": "MapNode", "config": {}},
            {"id": "work", "parent": "each", **code(text)},
            {"id": "after", **code("result = [value['copy'] for value in values]")},
        ],
        "connections": [
            wire("load", "result", "each", "items"),
            wire("each", "item", "work", "item"),
            wire("work", "result", "each", "value"),
            wire("each", "result", "after", "values"),
        ],
    }
    run = finished(owner, owner.post(make(owner, graph) + "runs/", given()), host)
    assert run["status"] == "succeeded", run["error"]
    base, api = f"runs/{run['id']}/", Api(stranger)
    nodes = ["load", "each", "each/1", "each/2", "each/1/work", "each/2/work", "after"]

    addresses = [base, base + "logs/", base + "events/", base + "iterations/?container=each"]
    addresses += [base + "scope/?path=each/1", *(f"{base}nodes/{node}/" for node in nodes)]

    assert leaks(api, *addresses) == {}
    inputs = api.get(f"{base}nodes/each/1/work/").json()
    assert inputs["inputs"]["item"]["name"] == "Ada"
    assert "item.ssn" in {field["path"] for field in inputs["inputs_masked"]}
    assert leaks(owner, f"{base}nodes/each/2/work/", base + "logs/").keys() == {
        f"{base}nodes/each/2/work/",
        base + "logs/",
    }


def test_rounds_of_a_loop_hide_what_went_in(owner: Api, stranger: User, host: RunHost) -> None:
    text = "print(state['ssn'])\nresult = {'ssn': state['ssn'], 'note': state['ssn'] + '!'}"
    graph = {
        "nodes": [
            load(),
            {"id": "loop", "type": "LoopNode", "config": {"max_iterations": 2}},
            {"id": "step", "parent": "loop", **code(text)},
        ],
        "connections": [
            wire("load", "result.0", "loop", "state"),
            wire("loop", "state", "step", "state"),
            wire("step", "result", "loop", "state"),
        ],
    }
    run = finished(owner, owner.post(make(owner, graph) + "runs/", given()), host)
    assert run["status"] == "succeeded", run["error"]
    base = f"runs/{run['id']}/"
    nodes = ["load", "loop", "loop/1", "loop/2", "loop/1/step", "loop/2/step"]

    found = leaks(Api(stranger), base, base + "logs/", *(f"{base}nodes/{node}/" for node in nodes))

    assert found == {}


@pytest.mark.parametrize("run_as", ["inline", "separate"])
def test_values_that_another_workflow_is_given_are_hidden_there(
    owner: Api, stranger: User, host: RunHost, run_as: str
) -> None:
    text = owner.post("workflows/", {"name": "Inner", "graph": _taking_who()}).json()
    owner.post(f"workflows/{text['id']}/versions/", {})
    graph = {
        "nodes": [
            load(),
            {
                "id": "call",
                "type": "SubWorkflowNode",
                "config": {"workflow": text["id"], "run_as": run_as},
            },
        ],
        "connections": [wire("load", "result.0.ssn", "call", "who")],
    }
    started = owner.post(make(owner, graph) + "runs/", given())
    host.ring()
    if run_as == "separate":
        wait_for(lambda: follow_up() > 0, "the end of the child", 20)
    run = finished(owner, started, host)
    assert run["status"] == "succeeded", run["error"]
    base = f"runs/{run['id']}/"
    addresses = [base, base + "logs/", f"{base}nodes/load/", f"{base}nodes/call/"]
    if run_as == "inline":
        addresses += [f"{base}nodes/call/say/", base + "scope/?path=call"]
    for child in Run.objects.filter(parent_run=run["id"]):
        addresses += [f"runs/{child.pk}/", f"runs/{child.pk}/nodes/say/", f"runs/{child.pk}/logs/"]

    assert leaks(owner, f"{base}nodes/call/")
    assert leaks(Api(stranger), *addresses) == {}


def _taking_who() -> dict[str, Any]:
    rename = {"op": "rename", "columns": {"a": "${who}"}}
    return {
        "parameters": [{"name": "who", "schema": {"type": "string"}}],
        "nodes": [
            {"id": "one", **code("result = [{'a': 1}]")},
            {"id": "say", "type": "TransformNode", "config": {"operations": [rename]}},
        ],
        "connections": [wire("one", "result", "say", "input")],
    }


def test_who_is_asked_reads_the_question_masked(owner: Api, masked: Tenant, host: RunHost) -> None:
    ask = {
        "title": "Pay ${who}?",
        "message": "It is ${who}.",
        "approvers": {"roles": ["analyst"]},
    }
    graph = {
        "parameters": [{"name": "who", "schema": {"type": "string"}}],
        "nodes": [load(), {"id": "ask", "type": "ApprovalNode", "config": ask}],
        "connections": [wire("load", "result", "ask", "input")],
    }
    body = given()
    body["parameters"]["who"] = SSN
    run_id = owner.post(make(owner, graph) + "runs/", body).json()["id"]
    host.ring()
    until_waiting(owner, run_id)
    api = Api(person(masked, "analyst", "internal"))

    (item,) = api.get("approvals/", {"run": run_id}).json()["results"]
    detail = api.get(f"approvals/{item['id']}/").json()

    assert leaks(api, "approvals/", f"approvals/{item['id']}/") == {}
    assert (item["title"], item["may_act"]) == ("Pay ••••?", True)
    assert [entry["name"] for entry in detail["input"]] == ["Ada", "Bob"]
    assert detail["input_masked"][0]["path"] == "[*].ssn"
    assert owner.get(f"approvals/{item['id']}/").json()["title"] == f"Pay {SSN}?"


def test_messages_to_addresses_hold_nothing_that_is_masked_for_anybody(
    owner: Api, masked: Tenant, host: RunHost
) -> None:
    graph = {
        "nodes": [load(), {"id": "bad", **code("raise ValueError('no ' + people[0]['ssn'])\nresult = 1")}],
        "connections": [wire("load", "result", "bad", "people")],
    }
    path = make(owner, graph)
    WorkflowNotice.objects.create(
        tenant=masked,
        workflow_id=path.split("/")[1],
        position=0,
        event="failed",
        channel="webhook",
        address="https://example.org/hook",
    )
    run = finished(owner, owner.post(path + "runs/", given()), host)

    wait_for(lambda: follow_up() > 0, "the end of the run", 20)
    payload = json.dumps(Outbox.objects.get(run=run["id"]).payload)

    assert SSN in run["error"]["message"]
    assert SSN not in payload
    assert "no \\u2022" in payload
