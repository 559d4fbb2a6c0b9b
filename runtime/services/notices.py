"""Who is told what of a workflow's runs: the rules, and the messages that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from accounts.authorization import is_allowed
from accounts.models import User
from accounts.services.audit import record
from runtime.engine.errors import WorkflowError
from runtime.engine.state import RunStatus
from runtime.masking.readers import outside_reader
from runtime.models import (
    Approval,
    Channel,
    Credential,
    NoticeEvent,
    Run,
    Workflow,
    WorkflowNotice,
)
from runtime.net.egress import EgressPolicy
from runtime.notices.messages import shown_error
from runtime.notices.rules import APPROVERS, email_complaint, webhook_complaint
from runtime.queries.approvals import decide_about
from runtime.services.mail import is_mail_ready
from runtime.services.outbox import Message, put

MAX_RULES = 20
MAX_APPROVERS = 100
_CREDENTIAL_TYPES = {Channel.EMAIL: "smtp", Channel.WEBHOOK: "signing_secret"}
_ENDS = {RunStatus.FAILED: NoticeEvent.FAILED, RunStatus.SUCCEEDED: NoticeEvent.SUCCEEDED}
# Runs that are still there, of workflows that want to know; the index holds these events alone.
_UNKNOWN = """
SELECT e.run_id, e.node, e.attempt FROM run_event e JOIN run r ON r.id = e.run_id
WHERE e.type = 'node.waiting' AND e.data ->> 'reason' = 'outcome_unknown'
AND r.status IN ('running', 'waiting', 'paused')
AND r.workflow_id IN (SELECT workflow_id FROM workflow_notice WHERE event = 'outcome_unknown')
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """On this, tell them there. `credential` signs a webhook, or is the mail server; empty: none."""

    event: NoticeEvent
    channel: Channel
    address: str
    credential: str = ""


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """`index` of the rule and which part of it."""

    index: int
    part: str
    message: str
    code: str


class RulesRefused(WorkflowError):
    """Rules that cannot be; `problems` has all of them."""

    code = "invalid_notices"

    def __init__(self, problems: Sequence[RuleProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = list(problems)


def rules_of(workflow: Workflow) -> list[Rule]:
    return [_rule(row) for row in WorkflowNotice.objects.filter(workflow=workflow).order_by("position")]


@transaction.atomic
def set_rules(workflow: Workflow, rules: Sequence[Rule], *, user: User) -> list[Rule]:
    """These instead of the workflow's rules so far. Raises `RulesRefused`.

    A rule that stays as it was stays in the name of whoever set it.
    """
    problems = list(_problems(workflow, rules, user))
    if problems:
        raise RulesRefused(problems)
    Workflow.objects.select_for_update().get(pk=workflow.pk)
    before = {_rule(row): row.set_by_id for row in WorkflowNotice.objects.filter(workflow=workflow)}
    WorkflowNotice.objects.filter(workflow=workflow).delete()
    WorkflowNotice.objects.bulk_create(
        WorkflowNotice(
            tenant_id=workflow.tenant_id,
            workflow=workflow,
            position=position,
            event=rule.event,
            channel=rule.channel,
            address=rule.address,
            credential=rule.credential,
            set_by_id=before.get(rule) or user.pk,
        )
        for position, rule in enumerate(rules)
    )
    told = {"notices": [_told(rule) for rule in before]}, {"notices": [_told(rule) for rule in rules]}
    record("notification.manage", workflow, by=user, before=told[0], after=told[1])
    return list(rules)


def _told(rule: Rule) -> str:
    """For the audit. A webhook's address can hold a secret: its host alone is kept."""
    where = urlsplit(rule.address).hostname if rule.channel == Channel.WEBHOOK else rule.address
    return f"{rule.event} by {rule.channel} to {where}"


# --- what happens in runs -----------------------------------------------------------------------------------


def tell_of_end(run: Run) -> None:
    """A handler of ended runs."""
    event = _ENDS.get(RunStatus(run.status))
    rows = [] if event is None else _wanted(run, event)
    if rows:
        facts = _facts(run, rows[0].event, error=shown_error(outside_reader(run).error(None, run.error)))
        put(_message(row, run, facts, about=f"{run.pk}:{row.event}") for row in rows)


def approval_requested(approval: Approval) -> None:
    """In the transaction of the question."""
    run = Run.objects.select_related("workflow").get(pk=approval.run_id)
    rows = _wanted(run, NoticeEvent.WAITING_APPROVAL)
    if not rows:
        return
    shown = outside_reader(run).text
    facts = _facts(
        run,
        NoticeEvent.WAITING_APPROVAL,
        page="approvals",
        approval={
            "id": str(approval.pk),
            "title": shown(approval.node, approval.title),
            "message": shown(approval.node, approval.message),
            "node": approval.node,
            "expires_at": None if approval.expires_at is None else approval.expires_at.isoformat(),
        },
    )
    about = f"approval:{approval.pk}"
    messages = []
    for row in rows:
        addresses = _approvers(approval) if row.address == APPROVERS else [row.address]
        messages += [_message(row, run, facts, about=about, address=address) for address in addresses]
    put(messages)


def tell_of_unknown_steps() -> int:
    """Steps whose outcome is unknown, told once each; how many there are. A job of upkeep."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN)
        found = cursor.fetchall()
    if not found:
        return 0
    runs = Run.objects.select_related("workflow").in_bulk({run_id for run_id, _, _ in found})
    for run_id, node, attempt in found:
        if run_id in runs:
            _tell_of_unknown_step(runs[run_id], node, attempt)
    return len(found)


def forget_uses() -> int:
    """Deletes the uses of credentials by runs that are gone. A job of upkeep."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM credential_use u WHERE NOT EXISTS (SELECT 1 FROM run r WHERE r.id = u.run_id)"
        )
        return int(cursor.rowcount)


def _tell_of_unknown_step(run: Run, node: str, attempt: int) -> None:
    rows = _wanted(run, NoticeEvent.OUTCOME_UNKNOWN)
    step = {"node": node, "attempt": attempt}
    facts = _facts(run, NoticeEvent.OUTCOME_UNKNOWN, step=step)
    about = f"unknown:{run.pk}:{node}:{attempt}"
    put(_message(row, run, facts, about=about) for row in rows)


def _wanted(run: Run, event: NoticeEvent) -> list[WorkflowNotice]:
    rows = WorkflowNotice.objects.filter(workflow=run.workflow_id, event=event)
    return list(rows.order_by("position"))


def _message(
    row: WorkflowNotice, run: Run, facts: dict[str, Any], *, about: str, address: str = ""
) -> Message:
    return Message(
        about=about,
        event=NoticeEvent(row.event),
        channel=Channel(row.channel),
        address=address or row.address,
        payload=facts,
        tenant_id=run.tenant_id,
        workflow_id=run.workflow_id,
        run_id=run.pk,
        credential=row.credential,
        principal_id=row.set_by_id,
    )


def _facts(run: Run, event: str, *, page: str = "", **more: Any) -> dict[str, Any]:
    address = page or f"runs/{run.pk}"
    return {
        "on": str(event),
        "workflow": {"id": str(run.workflow_id), "name": run.workflow.name},
        "run": {
            "id": str(run.pk),
            "number": run.number,
            "status": str(run.status),
            "started_at": None if run.started_at is None else run.started_at.isoformat(),
            "finished_at": None if run.finished_at is None else run.finished_at.isoformat(),
        },
        "url": f"{settings.PUBLIC_URL}/{address}",
        **more,
    }


def _approvers(approval: Approval) -> list[str]:
    """The e-mail addresses of those who may answer, as the answer itself will be judged."""
    people = User.objects.filter(tenant=approval.tenant_id, is_active=True).order_by("email")
    asked = [person.email for person in people if decide_about(person, approval).allowed]
    return asked[:MAX_APPROVERS]


# --- what a rule can be -------------------------------------------------------------------------------------


def _problems(workflow: Workflow, rules: Sequence[Rule], user: User) -> Iterable[RuleProblem]:
    if len(rules) > MAX_RULES:
        yield RuleProblem(MAX_RULES, "", f"A workflow has at most {MAX_RULES} notices.", "too_many")
        return
    egress = EgressPolicy.from_text(settings.EGRESS_ALLOW)
    kept = set(rules_of(workflow))
    for index, rule in enumerate(rules):
        complaint = _address_complaint(rule, egress)
        if complaint is not None:
            yield RuleProblem(index, "address", complaint, "invalid_address")
        if rule in rules[:index]:
            yield RuleProblem(index, "address", "This notice is there already.", "duplicate")
        if rule not in kept:  # what stays as it was stays in the name of whoever set it
            yield from _credential_problems(index, rule, workflow, user)


def _address_complaint(rule: Rule, egress: EgressPolicy) -> str | None:
    if rule.channel == Channel.WEBHOOK:
        return webhook_complaint(rule.address, egress)
    if rule.address == APPROVERS:
        if rule.event == NoticeEvent.WAITING_APPROVAL:
            return None
        return "only a notice of an approval goes to the approvers; write an e-mail address"
    return email_complaint(rule.address)


def _credential_problems(index: int, rule: Rule, workflow: Workflow, user: User) -> Iterable[RuleProblem]:
    if not rule.credential:
        if rule.channel == Channel.EMAIL and not is_mail_ready():
            text = (
                "E-mail is not set up here. Choose a credential of the type smtp,"
                " or ask the operator to set EMAIL_URL."
            )
            yield RuleProblem(index, "credential", text, "mail_not_set_up")
        return
    found = Credential.objects.filter(tenant=workflow.tenant_id, name=rule.credential).first()
    wanted = _CREDENTIAL_TYPES[rule.channel]
    if found is None:
        text = f"There is no credential {rule.credential!r}."
        yield RuleProblem(index, "credential", text, "unknown_credential")
    elif found.type != wanted:
        text = f"{rule.credential!r} is of the type {found.type}; choose one of the type {wanted}."
        yield RuleProblem(index, "credential", text, "wrong_type")
    elif not is_allowed(user, "credential.use", found):
        yield RuleProblem(index, "credential", "You may not use credentials.", "credential_refused")


def _rule(row: WorkflowNotice) -> Rule:
    return Rule(NoticeEvent(row.event), Channel(row.channel), row.address, row.credential)
