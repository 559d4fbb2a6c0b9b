"""Denials that a person met are in the audit trail, whatever became of their request."""

from __future__ import annotations

from typing import Any

from accounts.models import AuditEntry, AuditOutcome
from tests.contract import Api


def test_a_denied_request_is_recorded_with_its_rule(viewer_api: Api, workflow: dict[str, Any]) -> None:
    assert viewer_api.delete(f"workflows/{workflow['id']}/").status_code == 403

    entry = AuditEntry.objects.latest("id")
    assert (entry.decision, entry.action, entry.object_id) == (
        AuditOutcome.DENIED,
        "workflow.delete",
        workflow["id"],
    )
    assert entry.rule == "token_scope" and entry.actor_email and entry.via == "token"


def test_what_nobody_asked_for_is_no_denial(viewer_api: Api, workflow: dict[str, Any]) -> None:
    before = AuditEntry.objects.count()

    viewer_api.get(f"workflows/{workflow['id']}/")

    assert AuditEntry.objects.count() == before
