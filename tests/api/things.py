"""A workspace with one of each thing that an address can name."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import AccessRequest, AuditEntry, AuthSession, Role, User
from accounts.services import create_token
from runtime.models import (
    Approval,
    Channel,
    ComplianceAlert,
    DeliveryStatus,
    LineageRecord,
    NoticeEvent,
    Outbox,
    Run,
)
from tests.api.matrix import ROLES
from tests.contract import Api

NODE = "start"
GRAPH: dict[str, Any] = {
    "nodes": [{"id": NODE, "type": "PythonCodeNode", "config": {"code": "result = 1"}}],
    "connections": [],
}


def make_things(owner: User) -> dict[str, str]:
    """For each variable of an address the id of such a thing of the owner's."""
    api = Api(owner)
    workflow_id = _made(api.post("workflows/", {"name": "Thing", "graph": GRAPH}))
    _made(api.post(f"workflows/{workflow_id}/versions/", {}))
    run_id = _made(api.post(f"workflows/{workflow_id}/runs/", {}))
    dataset = {"file": SimpleUploadedFile("a.csv", b"a\n1\n")}
    credential = {"name": "key", "type": "secret", "values": {"value": "s3cret-value"}}
    hook = {"workflow": workflow_id, "kind": "webhook", "name": "In", "config": {}}
    run = Run.objects.get(pk=run_id)
    return {
        "workflow_id": workflow_id,
        "number": "1",
        "run_id": run_id,
        "node": NODE,
        "key": "nightly_report",
        "dataset_id": _made(api.upload("datasets/", dataset)),
        "credential_id": _made(api.post("credentials/", credential)),
        "lineage_id": str(_tracked(run).pk),
        "trigger_id": _made(api.post("triggers/", hook)),
        "approval_id": str(_question(run).pk),
        "notification_id": str(_notice(run).pk),
        "session_id": str(make_session(owner).id),
        "passkey_id": "1",
        "token_id": str(create_token(owner, name="thing").row.pk),
        **_of_access(api, owner, workflow_id),
        **_of_compliance(api, owner),
    }


def _of_access(api: Api, owner: User, workflow_id: str) -> dict[str, str]:
    policy_id = _made(api.post("policies/", {"key": "thing", "effect": "deny", "actions": ["run.cancel"]}))
    case = {"name": "thing", "subject": {}, "action": "run.cancel", "expected": False}
    mask = {"key": "thing", "field": "ssn", "mask_type": "redact"}
    share = {"role": "viewer", "actions": ["workflow.view"]}
    provider = {"key": "thing", "label": "Thing", "issuer": "https://id.example.org", "client_id": "lockgate"}
    return {
        "provider_id": _made(api.post("identity-providers/", provider)),
        "policy_id": policy_id,
        "revision": "1",
        "impact_id": str(uuid4()),
        "case_id": _made(api.post(f"policies/{policy_id}/test-cases/", case)),
        "mask_id": _made(api.post("masks/", mask)),
        "attribute_id": _made(api.post("attributes/", {"name": "thing", "label": "Thing", "kind": "text"})),
        "grant_id": _made(api.post(f"workflows/{workflow_id}/grants/", share)),
        "request_id": str(make_request(owner).pk),
        "user_id": str(owner.pk),
        "invitation_id": _made(api.post("users/invitations/", {"email": "new@example.org", "roles": []})),
        "role_id": str(Role.objects.get(tenant=owner.tenant_id, key="viewer").pk),
        "entry_id": str(AuditEntry.objects.filter(tenant=owner.tenant_id).latest("id").pk),
    }


def _of_compliance(api: Api, owner: User) -> dict[str, str]:
    alert = ComplianceAlert.objects.create(
        tenant_id=str(owner.tenant_id),
        kind="burst",
        who=owner.email,
        day=timezone.now().date(),
        count=90,
        usual=10,
        limit=20,
        why="thing",
        created_at=timezone.now(),
    )
    return {
        "control": "breach_contact",
        "report_id": _made(api.post("compliance/reports/", {"title": "Thing"})),
        "schedule_id": _made(api.post("compliance/schedules/", {"title": "Thing", "cron": "0 6 1 * *"})),
        "alert_id": str(alert.pk),
    }


def make_session(user: User) -> AuthSession:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return AuthSession.objects.filter(user=user).latest("created_at")


def make_request(user: User) -> AccessRequest:
    """Something that this person asks for."""
    return AccessRequest.objects.create(
        tenant_id=user.tenant_id,
        user=user,
        action="data.reveal",
        resource_type="workflow",
        resource_id=str(uuid4()),
        reason="thing",
    )


def _made(response: Any) -> str:
    assert response.status_code in (201, 202), response.content
    return str(response.json()["id"])


def _question(run: Run) -> Approval:
    """Put to everybody, so that who may answer at all may answer this one."""
    return Approval.objects.create(
        tenant_id=run.tenant_id,
        run=run,
        node=NODE,
        key="thing",
        title="Go on?",
        roles=list(ROLES),
        allow_requester=True,
        created_at=timezone.now(),
    )


def _tracked(run: Run) -> LineageRecord:
    return LineageRecord.objects.create(
        tenant_id=run.tenant_id,
        workflow_id=run.workflow_id,
        run=run,
        run_number=run.number,
        node=NODE,
        key="thing",
        transformation_type="thing",
        audited=False,
        created_at=timezone.now(),
    )


def _notice(run: Run) -> Outbox:
    return Outbox.objects.create(
        tenant_id=run.tenant_id,
        key="thing",
        workflow_id=run.workflow_id,
        run=run,
        event=NoticeEvent.FAILED,
        channel=Channel.EMAIL,
        address="somebody@example.org",
        payload={"on": "failed", "workflow": {"name": "Thing"}, "run": {"number": run.number}, "url": ""},
        status=DeliveryStatus.DEAD,
        next_at=timezone.now(),
        created_at=timezone.now(),
    )
