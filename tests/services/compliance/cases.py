"""For each control what has to be there for it to pass, and to fail, in a workspace that is empty before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from accounts.models import (
    AccessRequest,
    ApiToken,
    AuditEntry,
    AuditSeal,
    AuditSealedEntry,
    DecisionLog,
    Grant,
    MaskingRule,
    Policy,
    PolicyTestCase,
    Role,
    Tenant,
    User,
)
from runtime.models import (
    Approval,
    ApprovalVote,
    ComplianceAlert,
    ComplianceConfirmation,
    Credential,
    CredentialRotation,
    CredentialVersion,
    Dataset,
    LineageRecord,
    MaintenanceJob,
    Outbox,
    Reveal,
    Run,
    Workflow,
    WorkflowNotice,
    WorkflowTrigger,
    WorkflowVersion,
)
from runtime.services.credential_keys import sealing_key

NOW = timezone.now()
LONG_AGO = timedelta(days=500)
RECENT = NOW - timedelta(days=2)


@dataclass(frozen=True)
class Case:
    """`builds` the rows of a passing and of a failing workspace, and counts both as the control does."""

    passing: Callable[[Tenant], object]
    failing: Callable[[Tenant], object]
    counts: tuple[dict[str, int], dict[str, int]]
    failed: str = "fail"


# --- things ------------------------------------------------------------------------------------------------


def person(tenant: Tenant, *, role: str = "", factor: bool = False, **changes: Any) -> User:
    user = User.objects.create(tenant=tenant, email=f"{uuid4().hex[:8]}@example.org", **changes)
    if role:
        found, _ = Role.objects.get_or_create(tenant=tenant, key=role, defaults={"label": role})
        user.groups.add(found)
    if factor:
        Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={})
    return user


def workflow(tenant: Tenant, **changes: Any) -> Workflow:
    return Workflow.objects.create(tenant=tenant, name=f"W{uuid4().hex[:6]}", **changes)


def version(of: Workflow, number: int | None = 1, note: str = "") -> WorkflowVersion:
    return WorkflowVersion.objects.create(
        tenant=of.tenant, workflow=of, number=number, graph="{}", hash="", note=note
    )


def run(tenant: Tenant, **changes: Any) -> Run:
    of = changes.pop("workflow", None) or workflow(tenant)
    last = Run.objects.filter(tenant=tenant).count()
    return Run.objects.create(
        tenant=tenant,
        number=last + 1,
        workflow=of,
        version=version(of, None),
        created_at=NOW,
        **changes,
    )


def entry(tenant: Tenant, action: str = "workflow.create", **changes: Any) -> AuditEntry:
    return AuditEntry.objects.create(
        **{"tenant": tenant, "at": RECENT, "via": "system", "action": action, **changes}
    )


def seal(tenant: Tenant, number: int, *, previous: bytes, hash: bytes) -> AuditSeal:
    return AuditSeal.objects.create(
        tenant=tenant,
        number=number,
        at=RECENT,
        size=1,
        total=number,
        last_id=number,
        cluster=1,
        horizon=1,
        upper=1,
        root=b"r",
        previous=previous,
        hash=hash,
        key_id="k",
        signature=b"s",
    )


def sealed_entry(tenant: Tenant) -> None:
    of = seal(tenant, 1, previous=b"", hash=b"1")
    AuditSealedEntry.objects.create(entry=entry(tenant), seal=of, position=0, leaf=b"l")


def chain(tenant: Tenant, *, previous: bytes) -> None:
    seal(tenant, 1, previous=b"", hash=b"1")
    seal(tenant, 2, previous=previous, hash=b"2")


def alert(tenant: Tenant, days: int, **changes: Any) -> object:
    at = NOW - timedelta(days=days)
    return ComplianceAlert.objects.create(
        tenant=tenant,
        kind="burst",
        who="ada",
        day=at.date(),
        count=9,
        usual=1,
        limit=2,
        why="",
        created_at=at,
        **changes,
    )


def policy(tenant: Tenant, *, tested: bool) -> object:
    row = Policy.objects.create(tenant=tenant, key=f"p{uuid4().hex[:6]}", effect="deny", status="active")
    if tested:
        PolicyTestCase.objects.create(policy=row, name="one", action="run.view", expected=False)
    return row


def decision(tenant: Tenant, rule: str) -> object:
    return DecisionLog.objects.create(
        tenant=tenant, at=RECENT, action="run.view", allowed=False, rule=rule, via="rest"
    )


def grant(tenant: Tenant, expires_at: Any) -> None:
    Grant.objects.create(
        tenant=tenant,
        resource_type="workflow",
        resource_id=str(uuid4()),
        user=person(tenant),
        actions=["workflow.view"],
        expires_at=expires_at,
    )


def request(tenant: Tenant, *, age: int = 2, own: bool = False, **changes: Any) -> None:
    asker = person(tenant)
    if "status" in changes:
        changes |= {"decided_at": RECENT, "decided_by": asker if own else person(tenant)}
    row = AccessRequest.objects.create(
        tenant=tenant,
        user=asker,
        action="workflow.view",
        resource_type="workflow",
        resource_id=str(uuid4()),
        **changes,
    )
    AccessRequest.objects.filter(pk=row.pk).update(created_at=NOW - timedelta(days=age))


def vote(tenant: Tenant, *, own: bool) -> None:
    starter = person(tenant)
    asked = Approval.objects.create(
        tenant=tenant,
        run=run(tenant, requested_by=starter),
        node="a",
        key=uuid4().hex,
        title="?",
        created_at=NOW,
    )
    by = starter if own else person(tenant)
    ApprovalVote.objects.create(approval=asked, user=by, user_name=by.email, decision="approve", at=RECENT)


def token(tenant: Tenant, *, days: int = 30, used: bool = True, made: int = 10, **changes: Any) -> ApiToken:
    created = NOW - timedelta(days=made)
    row = ApiToken.objects.create(
        user=person(tenant, **changes),
        tenant=tenant,
        name="t",
        prefix="t",
        digest=uuid4().bytes,
        expires_at=created + timedelta(days=days + made),
        last_used_at=RECENT if used else None,
    )
    ApiToken.objects.filter(pk=row.pk).update(created_at=created)
    return row


def credential(tenant: Tenant, *, expires: int | None = 90, age: int = 1, key: str = "") -> Credential:
    row = Credential.objects.create(
        tenant=tenant,
        name=f"c{uuid4().hex[:6]}",
        type="secret",
        expires_at=None if expires is None else NOW + timedelta(days=expires),
    )
    CredentialVersion.objects.create(
        credential=row, number=1, ciphertext=b"c", wrapped_key=b"w", master_key_id=key or sealing_key().id
    )
    made = NOW - timedelta(days=age)
    CredentialVersion.objects.filter(credential=row).update(created_at=made)
    Credential.objects.filter(pk=row.pk).update(updated_at=made, created_at=made)
    return row


def rotation(tenant: Tenant, *statuses: str) -> None:
    of = credential(tenant)
    for age, status in enumerate(reversed(statuses)):
        at = RECENT - timedelta(hours=age)
        CredentialRotation.objects.create(
            tenant=tenant,
            credential=of,
            key=uuid4().hex,
            from_version=1,
            status=status,
            lease_until=at,
            started_at=at,
            ended_at=at,
        )


def reveal(tenant: Tenant, *, reason: str, hours: int) -> object:
    return Reveal.objects.create(
        tenant=tenant,
        run=run(tenant),
        node="a",
        user=person(tenant),
        reason=reason,
        created_at=RECENT,
        expires_at=RECENT + timedelta(hours=hours),
    )


def ended(tenant: Tenant, days: int) -> object:
    return run(tenant, finished_at=NOW - timedelta(days=days), status="succeeded")


def notice(
    of: Workflow, event: str = "failed", channel: str = "email", address: str = "a@example.org"
) -> None:
    WorkflowNotice.objects.create(
        tenant=of.tenant, workflow=of, position=0, event=event, channel=channel, address=address
    )


def trigger(of: Workflow, kind: str = "schedule", **config: Any) -> Workflow:
    WorkflowTrigger.objects.create(
        tenant=of.tenant, workflow=of, kind=kind, name="t", enabled=True, config=config
    )
    return of


def message(tenant: Tenant, status: str) -> object:
    return Outbox.objects.create(
        tenant=tenant,
        key=uuid4().hex,
        event="failed",
        channel="email",
        address="a",
        payload={},
        status=status,
        next_at=RECENT,
        created_at=RECENT,
    )


def lineage(tenant: Tenant, *frameworks: str) -> None:
    LineageRecord.objects.create(
        tenant=tenant,
        workflow=workflow(tenant),
        run_number=1,
        node="a",
        key=uuid4().hex,
        frameworks=frameworks,
        transformation_type="copy",
        audited=False,
        created_at=RECENT,
    )


def dataset(tenant: Tenant, classification: str) -> object:
    return Dataset.objects.create(
        tenant=tenant, name=uuid4().hex, format="csv", rows=1, bytes=1, classification=classification
    )


def set_tenant(**changes: Any) -> Callable[[Tenant], object]:
    return lambda tenant: Tenant.objects.filter(pk=tenant.pk).update(**changes)


def confirmed(control: str) -> Callable[[Tenant], object]:
    return lambda tenant: ComplianceConfirmation.objects.create(
        tenant=tenant, control=control, note="Done.", by_name="ada@example.org", at=RECENT
    )


def nothing(_: Tenant) -> None:
    """An empty workspace."""


def setting(**values: Any) -> Callable[[Tenant], object]:
    """In force until the test ends; see the fixture `settings_as_before`."""
    return lambda _: override_settings(**values).enable()


def jobs(failures: int) -> Callable[[Tenant], object]:
    def make(_: Tenant) -> None:
        MaintenanceJob.objects.all().delete()
        MaintenanceJob.objects.create(name="outbox", next_at=NOW, failures=failures, last_error="")

    return make


def both(*builders: Callable[[Tenant], object]) -> Callable[[Tenant], object]:
    return lambda tenant: [build(tenant) for build in builders]


CASES: dict[str, Case] = {
    # data protection
    "fields_masked": Case(
        lambda t: MaskingRule.objects.create(tenant=t, key="m", field="ssn", mask_type="redact"),
        lambda t: MaskingRule.objects.create(
            tenant=t, key="m", field="ssn", mask_type="redact", status="disabled"
        ),
        ({"masks": 1}, {"masks": 0}),
    ),
    "data_classified": Case(
        lambda t: dataset(t, "internal"),
        lambda t: [dataset(t, "internal"), dataset(t, "")],
        ({"things": 1, "unclassified": 0}, {"things": 2, "unclassified": 1}),
    ),
    "reveals_bounded": Case(
        lambda t: reveal(t, reason="A customer asked for it", hours=2),
        lambda t: [reveal(t, reason="why not", hours=2), reveal(t, reason="A long enough reason", hours=48)],
        ({"reveals": 1, "loose": 0}, {"reveals": 2, "loose": 2}),
    ),
    "storage_limited": Case(
        workflow,
        lambda t: workflow(t, keep_days=0),
        (
            {"days": settings.RUN_RETENTION_DAYS, "workflows": 1, "endless": 0},
            {"days": settings.RUN_RETENTION_DAYS, "workflows": 1, "endless": 1},
        ),
    ),
    "storage_honoured": Case(
        lambda t: ended(t, 1),
        lambda t: [ended(t, 1), ended(t, settings.RUN_RETENTION_DAYS + 3)],
        ({"runs": 1, "overdue": 0}, {"runs": 2, "overdue": 1}),
    ),
    "messages_encrypted": Case(
        lambda t: notice(workflow(t), channel="webhook", address="https://example.org/x"),
        lambda t: notice(workflow(t), channel="webhook", address="http://example.org/x"),
        ({"webhooks": 1, "plain": 0}, {"webhooks": 1, "plain": 1}),
    ),
    # access
    "access_ruled": Case(
        lambda t: policy(t, tested=False),
        nothing,
        ({"policies": 1}, {"policies": 0}),
        "insufficient_evidence",
    ),
    "decisions_explained": Case(
        lambda t: decision(t, "policy"),
        lambda t: [decision(t, "policy"), decision(t, "")],
        (
            {"decisions": 1, "denied": 1, "unexplained": 0},
            {"decisions": 2, "denied": 2, "unexplained": 1},
        ),
    ),
    "policies_tested": Case(
        lambda t: policy(t, tested=True),
        lambda t: [policy(t, tested=True), policy(t, tested=False)],
        ({"policies": 1, "untested": 0}, {"policies": 2, "untested": 1}),
    ),
    "policies_approved": Case(set_tenant(approve_policies=True), nothing, ({"asked": 1}, {"asked": 0})),
    "grants_end": Case(
        lambda t: grant(t, NOW + timedelta(days=1)),
        lambda t: grant(t, None),
        ({"grants": 1, "endless": 0}, {"grants": 1, "endless": 1}),
    ),
    "requests_answered": Case(
        lambda t: request(t, age=2),
        lambda t: request(t, age=8),
        ({"requests": 1, "late": 0}, {"requests": 1, "late": 1}),
    ),
    "requests_by_another": Case(
        lambda t: request(t, status="granted"),
        lambda t: request(t, status="granted", own=True),
        ({"answered": 1, "by_oneself": 0}, {"answered": 1, "by_oneself": 1}),
    ),
    "approvals_by_another": Case(
        lambda t: vote(t, own=False),
        lambda t: vote(t, own=True),
        ({"votes": 1, "own": 0}, {"votes": 1, "own": 1}),
    ),
    # identity
    "privileged_factor": Case(
        lambda t: [person(t, role="owner", factor=True), person(t, role="viewer")],
        lambda t: [person(t, role="owner", factor=True), person(t, role="admin")],
        ({"people": 1, "without": 0}, {"people": 2, "without": 1}),
    ),
    "people_factor": Case(
        lambda t: person(t, factor=True), person, ({"people": 1, "without": 0}, {"people": 1, "without": 1})
    ),
    "people_active": Case(
        lambda t: person(t, last_login=RECENT, date_joined=NOW - LONG_AGO),
        lambda t: person(t, last_login=NOW - timedelta(days=91), date_joined=NOW - LONG_AGO),
        ({"people": 1, "dormant": 0}, {"people": 1, "dormant": 1}),
    ),
    "leavers_locked_out": Case(
        lambda t: person(t, is_active=False),
        lambda t: token(t, is_active=False),
        ({"leavers": 1, "with_tokens": 0}, {"leavers": 1, "with_tokens": 1}),
    ),
    "tokens_end": Case(
        token, lambda t: token(t, days=800), ({"tokens": 1, "long": 0}, {"tokens": 1, "long": 1})
    ),
    "tokens_used": Case(
        token,
        lambda t: token(t, used=False, made=100),
        ({"tokens": 1, "unused": 0}, {"tokens": 1, "unused": 1}),
    ),
    "step_up": Case(set_tenant(step_up=True), nothing, ({"asked": 1}, {"asked": 0})),
    # credentials
    "credentials_current": Case(
        credential,
        lambda t: [credential(t), credential(t, expires=-1)],
        (
            {"credentials": 1, "expired": 0, "without_expiry": 0},
            {"credentials": 2, "expired": 1, "without_expiry": 0},
        ),
    ),
    "credentials_renewed": Case(
        credential,
        lambda t: credential(t, age=400),
        ({"credentials": 1, "old": 0}, {"credentials": 1, "old": 1}),
    ),
    "credentials_sealed": Case(
        credential,
        lambda t: credential(t, key="earlier"),
        ({"values": 1, "other_key": 0}, {"values": 1, "other_key": 1}),
    ),
    "rotations_succeed": Case(
        lambda t: rotation(t, "failed", "success"),
        lambda t: rotation(t, "success", "failed"),
        ({"rotated": 1, "failed": 0}, {"rotated": 1, "failed": 1}),
    ),
    "credentials_needed": Case(
        credential,
        lambda t: credential(t, age=200),
        ({"credentials": 1, "unused": 0}, {"credentials": 1, "unused": 1}),
    ),
    # lineage
    "processing_recorded": Case(
        lambda t: lineage(t, "GDPR"),
        lambda t: lineage(t, "SOC2"),
        (
            {"records": 1, "GDPR": 1, "SOX": 0, "HIPAA": 0, "SOC2": 0, "ISO27001": 0},
            {"records": 1, "GDPR": 0, "SOX": 0, "HIPAA": 0, "SOC2": 1, "ISO27001": 0},
        ),
        "insufficient_evidence",
    ),
    "purpose_stated": Case(
        lambda t: workflow(t, published_number=1, description="Pays invoices"),
        lambda t: [workflow(t, published_number=1), workflow(t)],
        ({"workflows": 1, "without": 0}, {"workflows": 1, "without": 1}),
    ),
    # audit
    "audit_kept": Case(
        entry,
        lambda t: entry(t, at=NOW - LONG_AGO),
        ({"entries": 1, "days": 1}, {"entries": 0, "days": 0}),
        "insufficient_evidence",
    ),
    "audit_sealed": Case(sealed_entry, entry, ({"due": 1, "unsealed": 0}, {"due": 1, "unsealed": 1})),
    "audit_chained": Case(
        lambda t: chain(t, previous=b"1"),
        lambda t: chain(t, previous=b"x"),
        ({"seals": 2, "broken": 0}, {"seals": 2, "broken": 1}),
    ),
    "audit_verified": Case(
        lambda t: entry(t, "audit.verify", after={"ok": True}),
        lambda t: entry(t, "audit.verify", after={"ok": False}),
        (
            {"entries": 1, "verifications": 1, "bad": 0},
            {"entries": 1, "verifications": 1, "bad": 1},
        ),
    ),
    "audit_exported": Case(
        lambda t: entry(t, "audit.export"), entry, ({"exports": 1}, {"exports": 0}), "insufficient_evidence"
    ),
    "alerts_looked_at": Case(
        lambda t: [alert(t, 8, acknowledged_at=NOW), alert(t, 2)],
        lambda t: alert(t, 8),
        ({"alerts": 2, "late": 0, "days": 0}, {"alerts": 1, "late": 1, "days": 0}),
    ),
    # operations
    "changes_noted": Case(
        lambda t: version(workflow(t), note="Pays twice no more"),
        lambda t: version(workflow(t)),
        ({"versions": 1, "without_note": 0}, {"versions": 1, "without_note": 1}),
    ),
    "failures_told": Case(
        lambda t: notice(trigger(workflow(t))),
        lambda t: notice(trigger(workflow(t)), event="succeeded"),
        ({"workflows": 1, "silent": 0}, {"workflows": 1, "silent": 1}),
    ),
    "notices_arrive": Case(
        lambda t: message(t, "sent"),
        lambda t: [message(t, "sent"), message(t, "dead")],
        ({"messages": 1, "given_up": 0}, {"messages": 2, "given_up": 1}),
    ),
    "hooks_signed": Case(
        lambda t: trigger(workflow(t), "webhook", signature={"credential": "k", "scheme": "lockgate"}),
        lambda t: [trigger(workflow(t), "webhook", signature=None), trigger(workflow(t), "webhook")],
        ({"hooks": 1, "unsigned": 0}, {"hooks": 2, "unsigned": 2}),
    ),
    "code_isolated": Case(
        setting(SANDBOX_POLICY="isolated"),
        setting(SANDBOX_POLICY="trusted-authors"),
        ({"isolated": 1}, {"isolated": 0}),
    ),
    "upkeep_works": Case(jobs(2), jobs(3), ({"jobs": 1, "failing": 0}, {"jobs": 1, "failing": 1})),
}
PEOPLE = ("breach_contact", "processors_bound", "restore_tried")

EMPTY: dict[str, str] = {
    **dict.fromkeys(
        ("fields_masked", "policies_approved", "step_up"),
        "fail",
    ),
    **dict.fromkeys(("storage_limited", "code_isolated"), "pass"),  # settings, which are set
    **dict.fromkeys(
        (
            "access_ruled",
            "decisions_explained",
            "privileged_factor",
            "people_factor",
            "people_active",
            "processing_recorded",
            "audit_kept",
            "audit_sealed",
            "audit_chained",
            "audit_verified",
            "audit_exported",
            "alerts_looked_at",
            "upkeep_works",
        ),
        "insufficient_evidence",
    ),
    **dict.fromkeys(PEOPLE, "manual"),
}
"""What an empty workspace comes to; what is not here does not apply."""
