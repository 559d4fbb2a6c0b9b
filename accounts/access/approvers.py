"""Who may answer a question that a run puts to people: those it names, and not who asked for the run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.access.deciding import decide
from accounts.access.decisions import Decision, Reason
from accounts.access.facts import Resource, Subject

ACT = "approval.act"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a question is put to: roles by key, people by e-mail address in lower case."""

    roles: Collection[str]
    users: Collection[str]
    requester_id: UUID | None
    allow_requester: bool


def decide_approver(
    subject: Subject, email: str, asked: Asked, resource: Resource, *, general: Decision | None = None
) -> Decision:
    """The decision about `approval.act` on this question. A denial says what is in the way.

    `general` is the decision whoever is asked, where more than roles has a say in it.
    """
    decision = general or decide(subject, ACT, resource)
    if not decision.allowed:
        return decision
    why = _why_asked(subject, email, asked)
    if why is None:
        names = " or ".join(_names(asked)) or "nobody"
        return _deny(Reason.NOT_ASKED, f"This is put to {names}, and you are not among them.")
    if subject.id == asked.requester_id and not asked.allow_requester:
        return _deny(Reason.REQUESTER, "You started this run: somebody else has to approve it.")
    return Decision(True, ACT, Reason.ASKED, why)


def _why_asked(subject: Subject, email: str, asked: Asked) -> str | None:
    if email.lower() in asked.users:
        return "You are named as an approver."
    role = next((role for role in asked.roles if role in subject.roles), None)
    return None if role is None else f"You are an approver by your role ({role})."


def _names(asked: Asked) -> list[str]:
    return [*(f"people with the role {role}" for role in asked.roles), *asked.users]


def _deny(rule: Reason, reason: str) -> Decision:
    return Decision(False, ACT, rule, reason)
