"""Who may answer a question of a run."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from accounts.access import Reason, Resource, Subject
from accounts.access.approvers import Asked, decide_approver

TENANT = uuid4()
RESOURCE = Resource("approval", "1", TENANT)


def person(*roles: str, may: bool = True, **facts: Any) -> Subject:
    permissions = frozenset({"approval.act", "approval.view"} if may else {"approval.view"})
    return Subject(
        **{"id": uuid4(), "tenant_id": TENANT, "roles": frozenset(roles), "permissions": permissions, **facts}
    )


def asked(*, roles: tuple[str, ...] = (), users: tuple[str, ...] = (), **more: Any) -> Asked:
    return Asked(**{"roles": roles, "users": users, "requester_id": None, "allow_requester": False, **more})


def test_a_role_that_is_named_may_answer():
    decision = decide_approver(person("editor"), "a@example.org", asked(roles=("editor",)), RESOURCE)

    assert decision.allowed
    assert "editor" in decision.reason


def test_a_person_who_is_named_may_answer_however_the_address_is_written():
    decision = decide_approver(person(), "Ann@Example.org", asked(users=("ann@example.org",)), RESOURCE)

    assert decision.rule is Reason.ASKED


def test_anybody_else_is_told_whom_it_is_put_to():
    decision = decide_approver(
        person("editor"), "a@example.org", asked(roles=("owner",), users=("b@example.org",)), RESOURCE
    )

    assert (decision.allowed, decision.rule) == (False, Reason.NOT_ASKED)
    assert "role owner" in decision.reason
    assert "b@example.org" in decision.reason


def test_being_named_does_not_replace_the_permission():
    decision = decide_approver(person(may=False), "a@example.org", asked(users=("a@example.org",)), RESOURCE)

    assert (decision.allowed, decision.rule) == (False, Reason.NO_ROLE)


def test_who_started_the_run_may_answer_only_where_that_is_allowed():
    ann = person("owner")

    refused = decide_approver(ann, "a@x.org", asked(roles=("owner",), requester_id=ann.id), RESOURCE)
    allowed = decide_approver(
        ann, "a@x.org", asked(roles=("owner",), requester_id=ann.id, allow_requester=True), RESOURCE
    )

    assert (refused.allowed, refused.rule) == (False, Reason.REQUESTER)
    assert allowed.allowed


def test_another_workspace_is_hidden_before_anything_else_is_said():
    stranger = person("owner", tenant_id=uuid4())

    decision = decide_approver(stranger, "a@x.org", asked(roles=("owner",)), RESOURCE)

    assert decision.hidden


def test_a_token_without_the_scope_may_not_answer():
    decision = decide_approver(
        person("owner", scopes=frozenset({"approval.view"})), "a@x.org", asked(roles=("owner",)), RESOURCE
    )

    assert decision.rule is Reason.TOKEN_SCOPE
