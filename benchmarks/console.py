"""What the pages of policies and people ask: at 1,000 policies, 10,000 people and 100,000 logged decisions.

Measured over the API in this process, from the request to the answer's bytes, on embedded services. One in
ten policies has two test cases, and half of those that have some are not in force. The first list after a
change asks every test case of its page again; later ones know the answers.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from benchmarks.figure import Figure
from benchmarks.peers.access_questions import ACTIONS, DEPARTMENTS, LEVELS, policies_of
from benchmarks.stack import stack

POLICIES, PEOPLE, WORKFLOWS, DECISIONS = 1_000, 10_000, 1_000, 100_000
TURNS = 15
LIMIT_MS = 300

_DECISIONS = """
INSERT INTO accounts_decisionlog (tenant_id, at, user_id, action, resource_type, resource_id, allowed, rule,
    reason, policies, missing, shadow, via, request_id)
SELECT %s, now() - n * interval '5 seconds', (%s::uuid[])[1 + floor(random() * %s)],
       (ARRAY['workflow.view', 'workflow.run', 'workflow.edit'])[1 + floor(random() * 3)], 'workflow',
       (%s::text[])[1 + floor(random() * %s)], random() < 0.9, 'role', '',
       jsonb_build_array('p' || floor(random() * 1000)::int), '[]', '[]', 'rest', ''
FROM generate_series(1, %s) AS n
"""


def figures() -> Iterator[Figure]:
    with stack():
        api = _Api(*_filled())
        api.get("me/")  # everything is loaded by now
        first_ms, _ = _took(lambda: api.get("policies/"), turns=1)
        yield Figure("the list of policies, all test cases asked", first_ms, "ms", LIMIT_MS)
        for name, address in (
            ("the list of policies", "policies/"),
            ("the list of people", "users/"),
            ("people found by a part of their name", "users/?search=person-77"),
            ("one policy", f"policies/{api.policy_id}/"),
            ("what rules are written with", "policies/vocabulary/"),
        ):
            took_ms, size = _took(lambda address=address: api.get(address))  # type: ignore[misc]
            yield Figure(name, took_ms, "ms", LIMIT_MS, note=f"{size / 1024:.0f} KiB")
        for name, address, body in api.questions():
            took_ms, _ = _took(lambda address=address, body=body: api.post(address, body))  # type: ignore[misc]
            yield Figure(name, took_ms, "ms", LIMIT_MS)
        yield from _impact(api)
        took_ms, _ = _took(lambda: api.get(f"users/{api.person_id}/access/"))
        yield Figure("effective access of a person", took_ms, "ms", LIMIT_MS)


def _impact(api: _Api) -> Iterator[Figure]:
    body = {"document": api.draft, "days": 30}
    began, busy = time.perf_counter(), time.process_time()
    found, asked = json.loads(api.post("policies/impact/", body)), 1
    while not found["finished"]:
        found, asked = json.loads(api.get(f"policies/impact/{found['id']}/")), asked + 1
    took_s = time.perf_counter() - began
    busy_s = time.process_time() - busy
    note = f"{found['done']:,} decisions, progress told {asked} times, {busy_s:.1f} s of this process"
    yield Figure("the impact of a policy", took_s, "s", 5, note=note)


class _Api:
    """An administrator by token."""

    def __init__(self, token: str, policy_id: str, person_id: str, workflow_id: str) -> None:
        from django.test import Client

        self._client = Client(headers={"Host": "localhost"})
        self._headers = {"Authorization": f"Bearer {token}"}
        self.policy_id, self.person_id, self.workflow_id = policy_id, person_id, workflow_id
        clearance = {"attribute_path": "user.clearance", "operator": "security_level_below",
                     "value_path": "resource.classification"}  # fmt: skip
        self.draft = {"key": "draft", "effect": "deny", "actions": ["workflow.*"],
                      "resource_type": "workflow", "condition": clearance}  # fmt: skip

    def questions(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        asked = {"action": "workflow.run", "user": self.person_id, "draft": {"document": self.draft},
                 "resource_type": "workflow", "resource_id": self.workflow_id}  # fmt: skip
        yield "a simulation, in force beside a draft", "policies/simulate/", asked
        yield "lint", "policies/lint/", {"document": self.draft}

    def get(self, path: str) -> bytes:
        return self._content(self._client.get(f"/api/v1/{path}", headers=self._headers))

    def post(self, path: str, body: Any) -> bytes:
        return self._content(
            self._client.post(f"/api/v1/{path}", body, content_type="application/json", headers=self._headers)
        )

    def _content(self, response: Any) -> bytes:
        if response.status_code >= 300:
            raise RuntimeError(f"{response.status_code}: {response.content[:500]!r}")
        return bytes(response.content)


def _took(act: Callable[[], bytes], *, turns: int = TURNS) -> tuple[float, int]:
    """Milliseconds in the median, and how many bytes it gave."""
    took, size = [], 0
    for _ in range(turns):
        began = time.perf_counter()
        size = len(act())
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), size


def _filled() -> tuple[str, str, str, str]:
    """A token of an administrator, and the ids of a policy, a person and a workflow."""
    from django.db import connection

    from accounts.services import create_tenant, create_token, create_user
    from accounts.services.versions import bump_policy_version
    from runtime.models import Workflow

    tenant = create_tenant("Bench")
    admin = create_user(tenant, "admin@example.com", name="Admin", roles=["admin"],
                        attributes={"clearance": "public", "department": "people"})  # fmt: skip
    rnd = Random(7)
    people = _people(tenant, rnd)
    workflows = Workflow.objects.bulk_create(
        Workflow(tenant=tenant, name=f"Workflow {at}", created_by=people[at % 50],
                 classification=rnd.choice(LEVELS), department=rnd.choice(DEPARTMENTS))
        for at in range(WORKFLOWS)
    )  # fmt: skip
    policy_id = _policies(tenant, admin)
    bump_policy_version(tenant.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        ids, things = [each.pk for each in people], [str(each.pk) for each in workflows]
        cursor.execute(_DECISIONS, [tenant.pk, ids, len(ids), things, len(things), DECISIONS])
        cursor.execute("ANALYZE")
    return create_token(admin, name="bench").secret, policy_id, str(people[0].pk), str(workflows[0].pk)


def _people(tenant: Any, rnd: Random) -> list[Any]:
    from accounts.models import Role, User

    roles = list(Role.objects.filter(tenant=tenant, key__in=["editor", "operator", "viewer"]))
    people = User.objects.bulk_create(
        User(tenant=tenant, email=f"person-{at}@example.com", name=f"Person {at}", password="!",
             attributes={"clearance": rnd.choice(LEVELS), "department": rnd.choice(DEPARTMENTS)})
        for at in range(PEOPLE)
    )  # fmt: skip
    held = User.groups.through
    held.objects.bulk_create(
        [held(user_id=person.pk, group_id=roles[at % len(roles)].pk) for at, person in enumerate(people)]
    )
    return people


def _policies(tenant: Any, admin: Any) -> str:
    from accounts.models import Policy, PolicyStatus, PolicyTestCase

    rows = []
    for at, said in enumerate(policies_of(POLICIES)):
        rows.append(
            Policy(
                tenant=tenant,
                key=said["key"],
                label=f"Policy {at}",
                effect=said["effect"],
                actions=[said["action"]],
                condition=_condition(said),
                status=PolicyStatus.DRAFT if at % 20 == 0 else PolicyStatus.ACTIVE,
                created_by=admin,
                updated_by=admin,
            )
        )
    policies = Policy.objects.bulk_create(rows)
    PolicyTestCase.objects.bulk_create(
        PolicyTestCase(policy=policy, name=f"Case {number}", subject={"roles": ["viewer"]}, action=ACTIONS[0],
                       resource={"type": "workflow"}, expected=bool(number))
        for policy in policies[::10]
        for number in range(2)
    )  # fmt: skip
    return str(policies[0].pk)


def _condition(said: dict[str, Any]) -> dict[str, Any]:
    """One in four policies also asks when."""
    parts = [
        {"attribute_path": "user.clearance", "operator": "security_level_meets",
         "value": LEVELS[said["clearance"]]},
        {"attribute_path": "user.department", "operator": "hierarchical_match", "value": said["department"]},
        {"attribute_path": "resource.classification", "operator": "equals",
         "value": LEVELS[said["classification"]]},
    ]  # fmt: skip
    if said["level"] < 3:
        parts.append({"attribute_path": "env.hour", "operator": "less_than", "value": said["before_hour"]})
    return {"and": parts}
