"""Seven ways in which access control of this kind has been seen to fail open. Each has its test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from accounts.access import (
    AccessControlManager,
    Environment,
    GrantFacts,
    MaskSet,
    PolicyError,
    PolicySet,
    Resource,
    Subject,
    UserContext,
    decide,
)

TENANT, OTHER, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)
VIEW = "workflow.view"
WORKFLOW = Resource("workflow", "w1", TENANT, attributes={"classification": "secret"})
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def condition(path: str, operator: str, value: Any) -> dict[str, Any]:
    return {"attribute_path": path, "operator": operator, "value": value}


def policy(effect: str, tree: Any = None, key: str = "p") -> dict[str, Any]:
    return {"key": key, "effect": effect, "actions": [VIEW], "condition": tree}


def test_1_a_decision_does_not_outlive_a_role() -> None:
    policies = PolicySet.compile([policy("allow", {"operator": "has_role", "value": "analyst"})])
    analyst = Subject(PERSON, TENANT, roles=frozenset({"analyst"}))

    assert decide(analyst, VIEW, WORKFLOW, policies=policies).allowed
    assert not decide(replace(analyst, roles=frozenset()), VIEW, WORKFLOW, policies=policies).allowed


def test_2_a_decision_does_not_follow_somebody_into_another_tenant() -> None:
    policies = PolicySet.compile([policy("allow")])
    person = Subject(PERSON, TENANT)

    assert decide(person, VIEW, WORKFLOW, policies=policies).allowed
    moved = decide(replace(person, tenant_id=OTHER), VIEW, WORKFLOW, policies=policies)
    assert not moved.allowed
    assert moved.hidden


def test_3_a_decision_does_not_outlive_its_time() -> None:
    policies = PolicySet.compile([policy("allow", condition("env.at", "less_than", NOON.isoformat()))])
    person = Subject(PERSON, TENANT)
    share = GrantFacts("workflow", "w1", frozenset({VIEW}), expires_at=NOON)
    before, after = Environment(NOON - timedelta(seconds=1)), Environment(NOON)

    assert decide(person, VIEW, WORKFLOW, policies=policies, env=before).allowed
    assert not decide(person, VIEW, WORKFLOW, policies=policies, env=after).allowed
    assert decide(person, VIEW, WORKFLOW, grants=[share], env=before).allowed
    assert not decide(person, VIEW, WORKFLOW, grants=[share], env=after).allowed


def test_4_all_that_is_said_of_a_subject_has_to_hold() -> None:
    both = {"and": [condition("user.department", "equals", "risk"), condition("user.region", "equals", "eu")]}
    policies = PolicySet.compile([policy("allow", both)])

    def allowed(**attributes: str) -> bool:
        person = Subject(PERSON, TENANT, attributes=attributes)
        return decide(person, VIEW, WORKFLOW, policies=policies).allowed

    assert allowed(department="risk", region="eu")
    assert not allowed(department="risk", region="us")
    assert not allowed(department="sales", region="eu")
    assert not allowed(department="risk")


@pytest.mark.parametrize(
    "broken",
    [condition("user.clearance", "below", "secret"), {"operator": "and", "conditions": []}, {"nonsense": 1}],
)
def test_5_a_deny_with_a_broken_condition_is_refused_and_never_skipped(broken: Any) -> None:
    with pytest.raises(PolicyError, match=r"policies\[0\].condition"):
        PolicySet.compile([policy("deny", broken), policy("allow", key="q")])


@pytest.mark.parametrize("attributes", [{}, {"clearance": 5}, {"clearance": ""}, {"clearance": "cosmic"}])
def test_5_a_deny_that_cannot_be_judged_denies(attributes: dict[str, Any]) -> None:
    below = condition("user.clearance", "security_level_below", "secret")
    policies = PolicySet.compile([policy("deny", below), policy("allow", key="q")])

    decision = decide(Subject(PERSON, TENANT, attributes=attributes), VIEW, WORKFLOW, policies=policies)

    assert not decision.allowed
    assert (decision.policies, decision.missing) == (("p",), ("user.clearance",))


def test_6_the_order_of_policies_decides_nothing() -> None:
    stated = [policy("allow", key="a"), policy("deny", key="b"), policy("allow", key="c")]

    decisions = {
        decide(Subject(PERSON, TENANT), VIEW, WORKFLOW, policies=PolicySet.compile(order))
        for order in permutations(stated)
    }

    assert [(decision.allowed, decision.policies) for decision in decisions] == [(False, ("b",))]


@pytest.mark.parametrize("clearance", [None, "cosmic", "", 5])
def test_7_an_unknown_clearance_admits_nobody(clearance: Any) -> None:
    meets = {
        "attribute_path": "user.clearance",
        "operator": "security_level_meets",
        "value_path": "resource.classification",
    }
    policies = PolicySet.compile([policy("allow", meets)])
    person = Subject(PERSON, TENANT, attributes={"clearance": clearance})

    assert not decide(person, VIEW, WORKFLOW, policies=policies).allowed


def test_7_an_unknown_classification_is_open_to_nobody() -> None:
    meets = condition("resource.classification", "security_level_below", "secret")
    policies = PolicySet.compile([policy("allow", meets)])
    odd = replace(WORKFLOW, attributes={"classification": "cosmic"})

    assert not decide(Subject(PERSON, TENANT), VIEW, odd, policies=policies).allowed


@pytest.mark.parametrize("attributes", [{}, {"clearance": "cosmic"}, {"clearance": 7}])
def test_7_a_missing_attribute_masks(attributes: dict[str, Any]) -> None:
    rules = {"ssn": {"condition": condition("user.clearance", "security_level_below", "secret"),
                     "mask_type": "redact"}}  # fmt: skip
    masker = MaskSet.compile(rules).for_reader(Subject(PERSON, TENANT, attributes=attributes))
    manager = AccessControlManager()
    user = UserContext("u", attributes=attributes)

    assert masker is not None
    assert "123" not in str(masker.apply({"ssn": "123"}).value)
    assert "123" not in str(manager.mask_data({"ssn": "123"}, rules, user))
