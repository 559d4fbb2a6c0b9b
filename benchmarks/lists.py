"""A page of a list that policies filter in PostgreSQL: 50 of 100,000 workflows of one workspace.

Measured from the person's facts (read anew, as with each request) to the rows in memory, in this process.
The policies ask for a level, a department and its parts, tags and the owner, and deny by region.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.figure import Figure
from benchmarks.stack import stack

WORKFLOWS = 100_000
PAGE = 50
WARM_UP, TURNS = 5, 60
DEPARTMENTS = ("risk", "risk.models", "sales", "sales.north", "legal", "people")

_FILL = """
INSERT INTO workflow (id, tenant_id, name, description, concurrency_key, created_at, updated_at,
                      classification, department, region, tags)
SELECT gen_random_uuid(), %s, 'Workflow ' || n, '', '', now(), now() - n * interval '1 second',
       (%s::text[])[1 + floor(random() * 5)], (%s::text[])[1 + floor(random() * 6)],
       (ARRAY['eu', 'us', ''])[1 + floor(random() * 3)],
       (ARRAY['{}', '{pii}', '{daily}', '{daily,pii}', '{audit}'])[1 + floor(random() * 5)]::varchar[]
FROM generate_series(1, %s) AS n
"""


def figures() -> Iterator[Figure]:
    with stack():
        reader, cleared = _filled()
        for name, person, share in (("many", cleared, "most"), ("few", reader, "few")):
            first_ms, rows = _took(lambda person=person: _page(person))  # type: ignore[misc]
            note = f"of {WORKFLOWS:,}, the reader may see {share}; {rows} rows"
            yield Figure(f"page of {PAGE} workflows, {name} visible", first_ms, "ms", limit=10, note=note)
        facts_ms, _ = _took(lambda: _facts(reader))
        yield Figure(
            "facts of a person at a request", facts_ms, "ms", note="roles, shares, policies' version"
        )


def _took(act: Callable[[], int]) -> tuple[float, int]:
    """Milliseconds in the median, and what it gave."""
    took, given = [], 0
    for turn in range(WARM_UP + TURNS):
        began = time.perf_counter()
        given = act()
        if turn >= WARM_UP:
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took), given


def _page(user_id: Any) -> int:
    from accounts.authorization import visible
    from accounts.models import User
    from runtime.models import Workflow

    rows = visible(Workflow.objects.filter(deleted_at=None), User.objects.get(pk=user_id), "workflow.view")
    return len(list(rows.select_related("updated_by").order_by("-updated_at", "-id")[:PAGE]))


def _facts(user_id: Any) -> int:
    from accounts.models import User
    from accounts.subjects import access_facts

    facts = access_facts(User.objects.get(pk=user_id))
    return 0 if facts is None else len(facts.policies)


def _filled() -> tuple[Any, Any]:
    """Ids of somebody who may see few of the workflows, and of somebody who may see most."""
    from django.db import connection

    from accounts.access import DEFAULT_LEVELS
    from accounts.models import Effect, Policy, PolicyStatus
    from accounts.services import create_tenant, create_user
    from accounts.services.versions import bump_policy_version

    tenant = create_tenant("Bench")
    reader = create_user(tenant, "reader@example.com", name="Reader", roles=[], attributes={
        "clearance": "internal", "department": "risk"})  # fmt: skip
    cleared = create_user(tenant, "cleared@example.com", name="Cleared", roles=["viewer"], attributes={
        "clearance": "secret", "department": "sales"})  # fmt: skip
    for key, effect, condition in _policies():
        Policy.objects.create(
            tenant=tenant,
            key=key,
            effect=Effect(effect),
            actions=["workflow.view"],
            resource_type="workflow",
            condition=condition,
            status=PolicyStatus.ACTIVE,
        )
    bump_policy_version(tenant.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_FILL, [tenant.pk, list(DEFAULT_LEVELS), list(DEPARTMENTS), WORKFLOWS])
        cursor.execute("ANALYZE workflow")
    return reader.pk, cleared.pk


def _policies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    cleared = {"attribute_path": "user.clearance", "operator": "security_level_meets",
               "value_path": "resource.classification"}  # fmt: skip
    own = {"attribute_path": "resource.department", "operator": "hierarchical_match",
           "value_path": "user.department"}  # fmt: skip
    daily = {"attribute_path": "resource.tags", "operator": "contains", "value": "daily"}
    top = {"attribute_path": "resource.classification", "operator": "equals", "value": "top_secret"}
    american = {"attribute_path": "resource.region", "operator": "equals", "value": "us"}
    pii = {"attribute_path": "resource.tags", "operator": "contains", "value": "pii"}
    yield "own", "allow", {"and": [cleared, own, daily]}
    yield "owner", "allow", {"operator": "is_owner"}
    yield "top", "deny", {"and": [top, {"not": {"operator": "is_owner"}}]}
    yield "american", "deny", {"and": [american, pii]}
