"""What the principals of driven runs may do, read at each claim and once a second for as long as it lasts.

Nodes are judged on the loop, which must not wait for the database: so the facts are brought to it. While the
database is away nothing that runs can be recorded either, and the facts stay those of a moment before.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import django.db
import psycopg

from accounts.access import ACTIONS, Decision, Environment, Reason, Subject
from accounts.authorization import policy_set_of
from accounts.models import User
from accounts.subjects import AccessFacts, access_facts
from runtime.engine.guard import Refusal
from runtime.engine.plan import Plan, PlannedNode
from runtime.host.claims import Claim
from runtime.masking.people import NOBODY
from runtime.masking.resources import PlacedNodes, node_resource
from runtime.models import Workflow, WorkflowVersion
from runtime.services.in_thread import in_thread

log = logging.getLogger(__name__)

EXECUTE = "node.execute"
REFRESH_S = 1.0
MAX_KNOWN = 1_000


class PermitKey(NamedTuple):
    """Whose run it is, and of which versions: its own, and those of its sub-workflows by reference."""

    tenant_id: UUID
    principal_id: UUID | None
    version_id: UUID
    subs: tuple[tuple[str, UUID], ...]

    @classmethod
    def of(cls, claim: Claim) -> PermitKey:
        subs = sorted((named, UUID(entry["version"])) for named, entry in claim.sub_versions.items())
        return cls(claim.tenant_id, claim.requested_by_id, claim.version_id, tuple(subs))


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """`access` is None for a principal that is there no more."""

    access: AccessFacts | None
    workflow: Workflow
    subs: Mapping[str, Workflow]


class Permit:
    """The engine's `Guard` of one run, with the newest facts about its principal."""

    def __init__(self, facts: PermitFacts, plan: Plan) -> None:
        self._plan = plan
        self._has_subs = bool(facts.subs)
        self.renew(facts)

    def renew(self, facts: PermitFacts) -> None:
        """Judges by these from now on."""
        self.facts = facts
        self._judged: dict[int | UUID, Refusal | None] = {}
        self._are_alike = facts.access is not None and _judges_alike(facts.access)
        self._places = PlacedNodes(self._plan, facts.workflow, facts.subs)

    def check(self, node: PlannedNode, path: str) -> Refusal | None:
        workflow = self._workflow_of(path)
        # Nodes of a plan last as long as it does.
        key = workflow.pk if self._are_alike else id(node)
        if key not in self._judged:
            self._judged[key] = self._judge(node, workflow)
        return self._judged[key]

    def _workflow_of(self, path: str) -> Workflow:
        if not self._has_subs or "/" not in path:
            return self.facts.workflow
        chain = self._places.chain(path)
        return self.facts.workflow if chain is None else chain[-1].workflow

    def _judge(self, node: PlannedNode, workflow: Workflow) -> Refusal | None:
        access = self.facts.access
        if access is None:
            return Refusal("Whoever this run belongs to is there no more.", str(Reason.INACTIVE))
        resource = node_resource(workflow, node.spec)
        decision = access.decide(EXECUTE, resource, Environment.now())
        return None if decision.allowed else refusal_of(decision)


def _judges_alike(access: AccessFacts) -> bool:
    """Whether nothing tells the nodes of one workflow apart: no policy is about running nodes, no share."""
    shares = any(grant.resource_type == "node" for grant in access.grants)
    return not shares and not access.policies.named("node", EXECUTE)


def refusal_of(decision: Decision) -> Refusal:
    """The denial as the error of a node says it: with the policies that decided."""
    named = ", ".join(decision.policies)
    return Refusal(f"{decision.reason} ({named or decision.rule})", named or str(decision.rule))


class Permits:
    """All permits of a host. What several runs ask for at once is read together."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[PermitKey, Permit]] = {}
        self._wanted: dict[PermitKey, asyncio.Future[PermitFacts]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._known: dict[PermitKey, tuple[str, PermitFacts]] = {}

    async def open(self, claim: Claim, plan: Plan) -> Permit:
        """By facts that are no older than the claim."""
        return await self.open_for(PermitKey.of(claim), plan, stamp=claim.access_stamp)

    async def open_for(self, key: PermitKey, plan: Plan, *, stamp: str | None = None) -> Permit:
        """By the facts of now, or by known ones where the stamp says that they are still true."""
        permit = Permit(await self._facts(key, stamp), plan)
        self._open[id(permit)] = (key, permit)
        return permit

    async def _facts(self, key: PermitKey, stamp: str | None) -> PermitFacts:
        """Those of an earlier claim where nothing was written since. Stamps say nothing of sub-workflows."""
        if stamp is None or key.subs:
            return await self._read(key)
        known = self._known.get(key)
        if known is not None and known[0] == stamp:
            return known[1]
        facts = await self._read(key)
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[key] = (stamp, facts)
        return facts

    def close(self, permit: Permit) -> None:
        self._open.pop(id(permit), None)

    async def keep_fresh(self) -> None:
        """Reads the facts of all that are open once a second, until it is cancelled."""
        while True:
            await asyncio.sleep(REFRESH_S)
            if not self._open:
                continue
            try:
                await self.refresh()
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("no look for changes of access: %s", error)

    async def refresh(self) -> None:
        """Reads the facts of all that are open now."""
        known = list(self._open.values())
        found = await _load_in_thread({key for key, _ in known})
        for key, permit in known:
            if key in found:
                permit.renew(found[key])

    async def _read(self, key: PermitKey) -> PermitFacts:
        """A read that has begun may have missed what was changed just before: it is asked in the next one."""
        if key not in self._wanted:
            self._wanted[key] = asyncio.get_running_loop().create_future()
        future = self._wanted[key]
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read_all(), name="read permits")
        return await asyncio.shield(future)

    async def _read_all(self) -> None:
        try:
            while self._wanted:
                wanted, self._wanted = self._wanted, {}
                try:
                    found = await _load_in_thread(wanted)
                except Exception as error:  # told to each run that waits for it
                    for future in wanted.values():
                        future.set_exception(error)
                    continue
                for key, future in wanted.items():
                    if key in found:
                        future.set_result(found[key])
                    else:
                        future.set_exception(LookupError(f"version {key.version_id} is gone"))
        finally:
            self._reading = None


async def _load_in_thread(keys: Collection[PermitKey]) -> dict[PermitKey, PermitFacts]:
    """Raises what a host waits out as it does for its own connections."""
    try:
        return await in_thread(load_facts, keys)
    except (django.db.OperationalError, django.db.InterfaceError) as error:
        raise psycopg.OperationalError(str(error)) from error


def load_facts(keys: Iterable[PermitKey]) -> dict[PermitKey, PermitFacts]:
    """The facts of now. Runs whose version is gone are left out."""
    wanted = list(keys)
    workflows = _workflows({each for key in wanted for each in (key.version_id, *dict(key.subs).values())})
    access = _access({(key.tenant_id, key.principal_id) for key in wanted})
    return {
        key: PermitFacts(
            access[key.tenant_id, key.principal_id],
            workflows[key.version_id],
            {named: workflows[version_id] for named, version_id in key.subs if version_id in workflows},
        )
        for key in wanted
        if key.version_id in workflows
    }


def _workflows(version_ids: Iterable[UUID]) -> dict[UUID, Workflow]:
    rows = WorkflowVersion.objects.filter(pk__in=list(version_ids)).select_related("workflow").defer("graph")
    return {row.pk: row.workflow for row in rows}


def _access(wanted: Iterable[tuple[UUID, UUID | None]]) -> dict[tuple[UUID, UUID | None], AccessFacts | None]:
    pairs = list(wanted)
    users: dict[Any, User] = User.objects.in_bulk([user_id for _, user_id in pairs if user_id is not None])
    found: dict[tuple[UUID, UUID | None], AccessFacts | None] = {}
    for tenant_id, user_id in pairs:
        if user_id is None:
            found[tenant_id, None] = _of_nobody(tenant_id)
        else:
            user = users.get(user_id)
            found[tenant_id, user_id] = None if user is None else access_facts(user)
    return found


def _of_nobody(tenant_id: UUID) -> AccessFacts:
    """Runs that the operator starts from the command line are nobody's: only what is denied is refused."""
    subject = Subject(NOBODY, tenant_id, permissions=frozenset(ACTIONS))
    policies = policy_set_of(tenant_id)
    return AccessFacts(subject, policies, policies.version)
