"""What services leave in the audit trail, and that it stays there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from accounts.access import Decision, Reason, Resource
from accounts.acting import ActingMiddleware, note_decision
from accounts.models import ActorVia, AuditEntry, AuditOutcome, User
from accounts.services.audit import record, record_denial
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return make_user(make_tenant(), "editor")


def newest() -> AuditEntry:
    return AuditEntry.objects.latest("id")


def in_request_of(user: User | None, act: Any) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    if user is not None:
        request.user = user
    ActingMiddleware(lambda _: act())(request)


def test_an_entry_says_who_did_what_to_what(editor: User) -> None:
    record(
        "role.change", editor.groups.get().role, by=editor, before={"a": 1, "b": 2}, after={"a": 1, "b": 3}
    )

    entry = newest()
    assert (entry.actor_id, entry.actor_email, entry.tenant_id) == (editor.pk, editor.email, editor.tenant_id)
    assert (entry.action, entry.object_type, entry.object_label) == ("role.change", "role", "Editor")
    assert (entry.before, entry.after, entry.via) == ({"b": 2}, {"b": 3}, ActorVia.SYSTEM)


def test_the_user_of_the_request_is_the_actor_with_the_rule_that_allowed_it(editor: User) -> None:
    allowed = Decision(True, "workflow.edit", Reason.ROLE, "Editors may.")

    def act() -> None:
        note_decision(allowed)
        record("workflow.edit", Resource("workflow", "7", editor.tenant_id), label="Nightly")

    in_request_of(editor, act)

    entry = newest()
    assert (entry.actor_id, entry.via, entry.ip) == (editor.pk, ActorVia.SESSION, "192.0.2.7")
    assert (entry.decision, entry.rule, entry.reason) == (AuditOutcome.ALLOWED, "role", "Editors may.")
    assert entry.object_label == "Nightly"


def test_outside_of_a_request_lockgate_acts(editor: User) -> None:
    record("run.retention", tenant_id=editor.tenant_id)

    assert (newest().actor_id, newest().via) == (None, ActorVia.SYSTEM)


def test_a_request_of_nobody_is_anonymous() -> None:
    in_request_of(None, lambda: record("hook.called"))

    assert newest().via == ActorVia.ANONYMOUS


def test_a_denial_keeps_the_policies_that_refused(editor: User) -> None:
    refused = Decision(False, "run.data", Reason.POLICY_DENY, "Not from there.", policies=("office-only",))

    record_denial(refused, Resource("run", "3", editor.tenant_id), by=editor)

    entry = newest()
    assert (entry.decision, entry.rule, entry.object_id) == (AuditOutcome.DENIED, "office-only", "3")


def test_an_entry_goes_with_the_transaction_that_it_tells_of(editor: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("workflow.edit", by=editor)
        _ = 1 / 0

    assert not AuditEntry.objects.filter(actor_id=editor.pk).exists()


def test_what_no_database_takes_never_ends_the_business_transaction(editor: User) -> None:
    record(
        "workflow.edit",
        by=editor,
        label="a\x00b" * 500,
        reason="\ud800" * 2_000,
        after={"nan": float("nan"), "big": 10**400, "at": datetime(2026, 1, 2, tzinfo=UTC), "nul": ["\x00"]},
    )

    after = newest().after
    assert (after["nan"], after["at"], after["nul"]) == ("nan", "2026-01-02T00:00:00+00:00", ["\ufffd"])


def test_secrets_become_dots_and_large_changes_are_left_out(editor: User) -> None:
    record("credential.change", by=editor, after={"password": "hunter2", "nested": {"api_key": "k"}})
    assert "hunter2" not in json.dumps(newest().after)
    assert newest().after["nested"] == {"api_key": "••••"}

    record("x.y", by=editor, after={"many": ["x" * 1_000] * 100})
    assert "left_out" in newest().after


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET reason = ''", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_what_was_recorded(editor: User, change: str) -> None:
    record("workflow.edit", by=editor)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        connection.cursor().execute(change)


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_sealed_entry", "audit_key"])
def test_the_database_refuses_to_empty_the_trail(table: str) -> None:
    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {table}")
