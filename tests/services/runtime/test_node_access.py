"""Nodes run as whom their run belongs to: judged before each attempt, by facts of that moment."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import MaskingRule, Policy, Tenant, User
from accounts.services import deactivate_user, set_attributes, set_roles
from accounts.services.versions import bump_policy_version
from runtime.engine.state import NodeStatus, RunStatus
from runtime.models import TERMINAL, Run
from runtime.queries.nodes import outputs_of
from runtime.queries.runs import state_of
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    HostMaker,
    NoServices,
    RunMaker,
    chain,
    wait_for,
    wait_for_status,
)

pytestmark = pytest.mark.django_db(transaction=True)

ABOVE = {
    "attribute_path": "user.attributes.clearance",
    "operator": "security_level_below",
    "value_path": "resource.classification",
}


def deny_above_clearance(tenant: Tenant, key: str = "clearance") -> None:
    Policy.objects.create(
        tenant=tenant,
        key=key,
        label="",
        effect="deny",
        actions=["node.execute"],
        condition=ABOVE,
        status="active",
    )
    bump_policy_version(tenant.pk)


def classified(document: dict[str, Any], node: str, level: str) -> dict[str, Any]:
    found = next(item for item in document["nodes"] if item["id"] == node)
    found["access"] = {"resource": "", "classification": level, "tags": []}
    return document


def ended(run: Run) -> Run:
    """The run once it is over."""

    def is_over() -> bool:
        run.refresh_from_db()
        return run.status in TERMINAL

    wait_for(is_over, "the end of the run", 20)
    return run


ECHOES: Any = (("a", "TestEcho", {"value": 1}), ("b", "TestEcho", {"value": 2}))


def test_a_node_above_the_principals_clearance_is_not_run(
    make_host: HostMaker, make_run: RunMaker, tenant: Tenant, user: User
) -> None:
    deny_above_clearance(tenant)
    set_attributes(user, {"clearance": "internal"})
    run = make_run(document=classified(chain(*ECHOES), "b", "secret"))

    make_host()
    run = ended(run)
    state = state_of(run.pk)

    assert run.status == RunStatus.FAILED
    assert state.nodes["a"].status is NodeStatus.SUCCEEDED
    error = state.nodes["b"].error or {}
    assert (error["code"], error["rule"], error["retryable"]) == ("access_denied", "clearance", False)
    assert "clearance" in error["message"]


def test_who_is_cleared_runs_it(make_host: HostMaker, make_run: RunMaker, tenant: Tenant, user: User) -> None:
    deny_above_clearance(tenant)
    set_attributes(user, {"clearance": "secret"})
    run = make_run(document=classified(chain(*ECHOES), "b", "secret"))

    make_host()

    assert ended(run).status == RunStatus.SUCCEEDED


def test_a_missing_attribute_refuses(
    make_host: HostMaker, make_run: RunMaker, tenant: Tenant, user: User
) -> None:
    deny_above_clearance(tenant)
    run = make_run(*ECHOES)

    make_host()

    assert ended(run).status == RunStatus.FAILED
    assert (state_of(run.pk).nodes["a"].error or {})["code"] == "access_denied"


def test_the_run_of_nobody_is_refused_what_is_denied_to_the_unknown(
    make_host: HostMaker, make_run: RunMaker, tenant: Tenant
) -> None:
    run = make_run(*ECHOES)
    Run.objects.filter(pk=run.pk).update(requested_by=None)
    other = make_run(*ECHOES)
    make_host()
    assert ended(run).status == RunStatus.SUCCEEDED
    ended(other)

    deny_above_clearance(tenant)
    refused = make_run(*ECHOES)
    Run.objects.filter(pk=refused.pk).update(requested_by=None)

    assert ended(refused).status == RunStatus.FAILED


GATED: Any = (("gate", "TestGate", {}), ("after", "TestEcho", {"value": 2}))


@pytest.mark.parametrize("change", ["attribute", "role", "account", "policy"])
def test_what_changes_while_a_run_lasts_counts_for_its_next_node(
    make_host: HostMaker, make_run: RunMaker, tenant: Tenant, user: User, change: str
) -> None:
    if change == "attribute":
        deny_above_clearance(tenant)
    set_attributes(user, {"clearance": "secret"})
    run = make_run(document=classified(chain(*GATED), "after", "secret"))
    host = make_host()
    wait_for_status(run, RunStatus.RUNNING)
    wait_for(lambda: state_of(run.pk).nodes["gate"].status is NodeStatus.RUNNING, "the gate")
    (_, permit) = next(iter(host._permits._open.values()))
    before = permit.facts

    match change:
        case "attribute":
            set_attributes(user, {"clearance": "internal"})
        case "role":
            set_roles(user, ["viewer"])
        case "account":
            deactivate_user(user)
        case "policy":
            set_attributes(user, {"clearance": "internal"})
            deny_above_clearance(tenant)
    wait_for(lambda: permit.facts is not before, "a look at what changed")
    wait_for(lambda: not permit.facts.access or permit.facts.access != before.access, "the change")
    nodes.open_gate("gate")
    ended(run)

    state = state_of(run.pk)
    assert state.nodes["gate"].status is NodeStatus.SUCCEEDED
    assert (state.nodes["after"].error or {})["code"] == "access_denied"


class OnlyAccess(NoServices):
    """Of what nodes may use, the desk that decides about access."""

    def for_run(self, **facts: Any) -> Any:
        return SimpleNamespace(access=facts["access"])


def test_steps_that_ask_and_mask_do_so_for_the_principal(
    make_host: HostMaker, make_run: RunMaker, tenant: Tenant, user: User
) -> None:
    deny_above_clearance(tenant)
    set_attributes(user, {"clearance": "internal"})
    below_secret = {
        "attribute_path": "user.attributes.clearance",
        "operator": "security_level_below",
        "value": "secret",
    }
    rules = {"ssn": {"mask_type": "partial", "visible_chars": 4, "condition": below_secret}}
    secret = {"classification": "secret"}
    document = chain(
        ("give", "TestEcho", {"value": {"ssn": "123-45-6789"}}),
        ("mask", "MaskNode", {"masking_rules": rules}),
        ("check", "AccessCheckNode", {"permission": "execute", "resource": "payroll", "attributes": secret}),
    )
    for wire, name in zip(document["connections"], ("data", "input"), strict=True):
        wire["input"] = name

    run = make_run(document=document)
    make_host(services=OnlyAccess)
    run = ended(run)

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert outputs_of(run, "mask").values == {"result": {"ssn": "***-**-6789"}}
    checked = outputs_of(run, "check").values or {}
    assert checked["denied"] == {"ssn": "***-**-6789"}
    assert checked["result"]["allowed"] is False
    assert MaskingRule.objects.count() == 0


class TellsLimit(NoServices):
    """Code gives back what checks in it can allow."""

    def for_run(self, **facts: Any) -> Any:
        class Runner:
            async def run_code(self, request: Any, on_line: Any) -> list[str] | None:
                return None if request.may is None else sorted(request.may)

            async def end_lease(self, lease: str) -> None:
                pass

        return SimpleNamespace(access=facts["access"], code=Runner())


def test_checks_in_code_are_bounded_by_the_principal(
    make_host: HostMaker, make_run: RunMaker, tenant: Tenant, user: User
) -> None:
    set_roles(user, ["analyst"])
    run = make_run(
        document=chain(
            ("asks", "PythonCodeNode", {"code": "import accounts.access\nresult = 1"}),
            ("plain", "PythonCodeNode", {"code": "result = 1"}),
        )
    )
    make_host(services=TellsLimit)
    run = ended(run)

    assert run.status == RunStatus.SUCCEEDED, run.error
    may = (outputs_of(run, "asks").values or {})["result"]
    assert "node.execute" in may
    assert not {"node.delete", "workflow.edit"} & set(may)
    assert outputs_of(run, "plain").values == {"result": None}
