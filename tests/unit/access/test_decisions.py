from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.access import ACTIONS, BUILT_IN_ROLES, OWN_ACTIONS, Reason, Resource, Subject, decide

TENANT, OTHER, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)


def subject(role: str | None = None, **fields: object) -> Subject:
    permissions = BUILT_IN_ROLES[role].permissions if role else frozenset()
    return replace(Subject(id=PERSON, tenant_id=TENANT, permissions=permissions), **fields)


def workflow(tenant_id: UUID | None = TENANT) -> Resource:
    return Resource("workflow", str(uuid4()), tenant_id)


def test_without_a_role_nothing_but_own_things_is_allowed() -> None:
    nobody = subject()

    allowed = {action for action in ACTIONS if decide(nobody, action).allowed}

    assert allowed == OWN_ACTIONS


def test_a_role_allows_what_it_names() -> None:
    decision = decide(subject("editor"), "workflow.edit", workflow())

    assert decision.allowed
    assert decision.rule is Reason.ROLE


def test_a_viewer_is_denied_editing_and_told_what_is_missing() -> None:
    decision = decide(subject("viewer"), "workflow.edit", workflow())

    assert not decision.allowed
    assert not decision.hidden
    assert "workflow.edit" in decision.reason


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_another_tenants_resource_is_denied_and_hidden_even_from_an_owner(action: str) -> None:
    decision = decide(subject("owner"), action, workflow(OTHER))

    assert not decision.allowed
    assert decision.hidden


def test_a_subject_without_a_tenant_reaches_no_tenants_resource() -> None:
    decision = decide(subject("owner", tenant_id=None), "workflow.view", workflow())

    assert not decision.allowed
    assert decision.hidden


def test_a_resource_without_a_tenant_passes_the_wall() -> None:
    assert decide(subject("viewer"), "workflow.view", workflow(None)).allowed


def test_what_may_not_be_viewed_is_hidden() -> None:
    decision = decide(subject(), "workflow.edit", workflow())

    assert not decision.allowed
    assert decision.hidden


def test_an_inactive_subject_is_denied_everything() -> None:
    inactive = subject("owner", is_active=False)

    assert not any(decide(inactive, action).allowed for action in ACTIONS)


def test_scopes_take_away_what_they_do_not_name() -> None:
    narrowed = subject("owner", scopes=frozenset({"workflow.view"}))

    assert decide(narrowed, "workflow.view", workflow()).allowed
    decision = decide(narrowed, "workflow.edit", workflow())
    assert not decision.allowed
    assert decision.rule is Reason.TOKEN_SCOPE


def test_scopes_never_add_what_no_role_gives() -> None:
    widened = subject("viewer", scopes=frozenset(ACTIONS))

    assert not decide(widened, "workflow.edit", workflow()).allowed


def test_a_token_may_always_ask_whose_it_is() -> None:
    assert decide(subject("viewer", scopes=frozenset({"run.view"})), "account.view").allowed


def test_own_things_are_the_owners_alone() -> None:
    mine = Resource("token", "1", TENANT, owner_id=PERSON)
    theirs = Resource("token", "2", TENANT, owner_id=uuid4())

    assert decide(subject("viewer"), "token.manage", mine).allowed
    decision = decide(subject("owner"), "token.manage", theirs)
    assert not decision.allowed
    assert decision.hidden


def test_an_unknown_action_is_denied() -> None:
    decision = decide(subject("owner"), "workflow.explode", workflow())

    assert not decision.allowed
    assert decision.rule is Reason.UNKNOWN_ACTION


@given(
    permissions=st.frozensets(st.sampled_from(sorted(ACTIONS))),
    scopes=st.frozensets(st.sampled_from(sorted(ACTIONS))),
    action=st.sampled_from(sorted(ACTIONS)),
)
def test_a_token_never_allows_what_its_user_may_not(
    permissions: frozenset[str], scopes: frozenset[str], action: str
) -> None:
    user = subject(permissions=permissions)
    token = replace(user, scopes=scopes)

    if decide(token, action, workflow()).allowed:
        assert decide(user, action, workflow()).allowed


@given(
    permissions=st.frozensets(st.sampled_from(sorted(ACTIONS))),
    more=st.frozensets(st.sampled_from(sorted(ACTIONS))),
    action=st.sampled_from(sorted(ACTIONS)),
)
def test_another_permission_never_takes_one_away(
    permissions: frozenset[str], more: frozenset[str], action: str
) -> None:
    before = decide(subject(permissions=permissions), action, workflow())
    after = decide(subject(permissions=permissions | more), action, workflow())

    assert after.allowed or not before.allowed
