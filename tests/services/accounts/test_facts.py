"""What decisions on the server are made from, and that nothing of it is older than the question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.authorization import decision_about, is_allowed, may_somewhere, policy_set_of
from accounts.models import DecisionLog, Effect, Grant, Policy, PolicyStatus, Role, Tenant, User
from accounts.services import set_roles
from accounts.services.decisions import forget_old_decisions
from accounts.services.versions import bump_policy_version
from accounts.subjects import access_facts
from runtime.models import Workflow
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant()


@pytest.fixture
def workflow(tenant: Tenant) -> Workflow:
    return Workflow.objects.create(tenant=tenant, name="Report")


def again(user: User) -> User:
    """The same person at their next request."""
    return User.objects.get(pk=user.pk)


def store(tenant: Tenant, effect: Effect, *actions: str, **fields: Any) -> Policy:
    fields = {"key": "stored", "status": PolicyStatus.ACTIVE, **fields}
    policy = Policy.objects.create(tenant=tenant, effect=effect, actions=list(actions), **fields)
    bump_policy_version(tenant.pk)
    return policy


def test_a_policy_counts_from_the_next_request_on(tenant: Tenant, workflow: Workflow) -> None:
    viewer = make_user(tenant, "viewer")
    assert is_allowed(viewer, "workflow.view", workflow)

    policy = store(tenant, Effect.DENY, "workflow.view")
    assert not is_allowed(again(viewer), "workflow.view", workflow)

    policy.delete()
    bump_policy_version(tenant.pk)
    assert is_allowed(again(viewer), "workflow.view", workflow)


def test_policies_of_a_change_that_was_undone_are_never_met_again(tenant: Tenant) -> None:
    viewer = make_user(tenant, "viewer")
    with transaction.atomic():
        store(tenant, Effect.ALLOW, "workflow.delete")
        undone = policy_set_of(tenant.pk)
        assert may_somewhere(again(viewer), "workflow.delete")
        transaction.set_rollback(True)

    bump_policy_version(tenant.pk)

    assert policy_set_of(tenant.pk).version > undone.version
    assert not may_somewhere(again(viewer), "workflow.delete")


def test_a_role_has_what_the_roles_above_it_have(tenant: Tenant) -> None:
    user = make_user(tenant, "viewer")
    viewer = Role.objects.get(tenant=tenant, key="viewer")
    viewer.parents.add(Role.objects.get(tenant=tenant, key="analyst"))

    facts = access_facts(again(user))

    assert facts is not None
    assert facts.subject.roles == {"viewer", "analyst"}
    assert may_somewhere(again(user), "workflow.run")


def test_a_role_of_another_workspace_gives_nothing_as_a_parent(tenant: Tenant) -> None:
    user = make_user(tenant, "viewer")
    foreign = Role.objects.get(tenant=make_tenant("Other"), key="owner")
    Role.objects.get(tenant=tenant, key="viewer").parents.add(foreign)

    assert not may_somewhere(again(user), "workflow.delete")


def test_roles_above_one_another_in_a_circle_are_read_once(tenant: Tenant) -> None:
    user = make_user(tenant, "viewer")
    viewer, analyst = (Role.objects.get(tenant=tenant, key=key) for key in ("viewer", "analyst"))
    viewer.parents.add(analyst)
    analyst.parents.add(viewer)

    assert may_somewhere(again(user), "workflow.run")


@pytest.mark.parametrize("ceiling", [["workflow.view"], [], "unreadable", ["nothing.known"]])
def test_a_ceiling_bounds_policies_too_and_one_that_cannot_be_read_allows_nothing(
    tenant: Tenant, workflow: Workflow, ceiling: Any
) -> None:
    user = make_user(tenant, "viewer")
    Role.objects.filter(tenant=tenant, key="viewer").update(ceiling=ceiling)
    store(tenant, Effect.ALLOW, "workflow.delete")

    denied = decision_about(again(user), "workflow.delete", workflow)

    assert denied is not None and denied.rule == "ceiling"
    assert is_allowed(again(user), "workflow.view", workflow) is (ceiling == ["workflow.view"])


def test_a_grant_counts_until_it_expires_or_is_revoked(tenant: Tenant, workflow: Workflow) -> None:
    user = make_user(tenant)
    role = Role.objects.get(tenant=tenant, key="auditor")
    shared = {"resource_type": "workflow", "resource_id": str(workflow.pk), "actions": ["workflow.view"]}
    grant = Grant.objects.create(tenant=tenant, role=role, **shared)
    assert not is_allowed(again(user), "workflow.view", workflow)

    set_roles(user, ["auditor"])
    role.permissions.clear()
    assert is_allowed(again(user), "workflow.view", workflow)

    Grant.objects.filter(pk=grant.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not is_allowed(again(user), "workflow.view", workflow)

    Grant.objects.filter(pk=grant.pk).update(expires_at=None, revoked_at=timezone.now())
    assert not is_allowed(again(user), "workflow.view", workflow)


def test_a_change_of_roles_counts_from_the_next_request_on(tenant: Tenant, workflow: Workflow) -> None:
    store(tenant, Effect.ALLOW, "workflow.delete", condition={"operator": "has_role", "value": "viewer"})
    user = make_user(tenant, "viewer")
    assert is_allowed(user, "workflow.delete", workflow)

    set_roles(user, [])

    assert not is_allowed(again(user), "workflow.delete", workflow)


def test_another_workspaces_policies_say_nothing_here(tenant: Tenant, workflow: Workflow) -> None:
    store(make_tenant("Other"), Effect.ALLOW, "*")

    assert not is_allowed(make_user(tenant, "viewer"), "workflow.delete", workflow)


@pytest.mark.parametrize("broken", [{"operator": "no_such"}, {"and": "x"}])
def test_a_stored_policy_that_cannot_be_read_allows_nothing_and_denies(
    tenant: Tenant, workflow: Workflow, broken: Any, caplog: pytest.LogCaptureFixture
) -> None:
    editor = make_user(tenant, "editor")
    allowing = store(tenant, Effect.ALLOW, "policy.manage", condition=broken)
    assert not may_somewhere(again(editor), "policy.manage")
    assert is_allowed(again(editor), "workflow.edit", workflow)

    allowing.delete()
    store(tenant, Effect.DENY, "workflow.edit", condition=broken)
    assert not is_allowed(again(editor), "workflow.edit", workflow)
    assert is_allowed(again(editor), "workflow.view", workflow)
    assert "cannot be read as they are stored" in caplog.text


def test_who_asks_again_with_the_same_facts_is_the_same_subject(tenant: Tenant) -> None:
    """Policies keep what they worked out for a subject: a request shall not work it out anew."""
    user = make_user(tenant, "viewer", attributes={"department": "risk"})

    first, second = access_facts(again(user)), access_facts(again(user))
    User.objects.filter(pk=user.pk).update(attributes={"department": "sales"})
    third = access_facts(again(user))

    assert first is not None and second is not None and third is not None
    assert first.subject is second.subject
    assert third.subject.attributes["department"] == "sales"


def test_old_decisions_are_forgotten(tenant: Tenant) -> None:
    now = timezone.now()
    for days in (91, 92, 1):
        DecisionLog.objects.create(
            tenant=tenant,
            at=now - timedelta(days=days),
            action="run.view",
            allowed=False,
            rule="no_role",
            via="rest",
        )

    assert forget_old_decisions() == 2
    assert DecisionLog.objects.get().at == now - timedelta(days=1)
