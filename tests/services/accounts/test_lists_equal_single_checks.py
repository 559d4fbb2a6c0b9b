"""A list is the rows that single checks allow, no more and no fewer: by random policies, in PostgreSQL.

What is drawn follows from seeds: a failure names its seed.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db.models import IntegerField, Model, Value

from accounts import authorization
from accounts.access import Environment, GrantFacts, PolicyError, PolicySet, Resource
from accounts.models import Tenant, User
from accounts.subjects import AccessFacts
from runtime.models import Dataset, Run, Workflow, WorkflowVersion
from tests.unit.access import trees

pytestmark = pytest.mark.django_db

VIEW = "workflow.view"
ROWS = 24
BATCH = 60
LEAST_TREES = 10_000
ODD_TEXTS = ["", "100%", "us_", "back\\slash", "Risk", "risk ", "Ünïcode", "ß", "investment.", "'"]
# What the drawn conditions call it, and the attribute of the rows.
NAMES = {"level": "classification", "score": "rows", "at": "created_at", "project": "workflow"}


@dataclass(frozen=True)
class Rows:
    """The rows of a model beside what single checks are asked about."""

    model: type[Model]
    resources: dict[UUID, Resource]


@dataclass(frozen=True)
class Case:
    seed: int
    facts: AccessFacts
    env: Environment
    rows: Rows


def test_a_list_holds_the_rows_that_single_checks_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = stored_rows(Random(0))
    seen: Counter[bool] = Counter()
    drawn = seed = 0

    while drawn < LEAST_TREES:
        cases: list[Case] = []
        while len(cases) < BATCH:
            seed += 1
            case = drawn_case(seed, stored)
            cases.append(case)
            drawn += len(case.facts.policies)
        listed = listed_rows(cases, monkeypatch)
        for case in cases:
            wanted = {
                key
                for key, resource in case.rows.resources.items()
                if case.facts.decide(VIEW, resource, case.env).allowed
            }
            assert listed[case.seed] == wanted, f"seed {case.seed}"
            seen.update(key in wanted for key in case.rows.resources)

    # The draw is worth something: neither answer is rare.
    assert min(seen[True], seen[False]) > 0.1 * seen.total()


def listed_rows(cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> dict[int, set[UUID]]:
    """What each of the lists holds, asked for in one statement."""
    lists = []
    for case in cases:
        monkeypatch.setattr(authorization, "environment", lambda at=case.env: at)
        model = case.rows.model
        where = authorization._where_allowed(case.facts, model, VIEW)
        rows = model._default_manager.filter(where).order_by()
        lists.append(rows.annotate(seed=Value(case.seed, IntegerField())).values_list("seed", "pk"))
    found: dict[int, set[UUID]] = {case.seed: set() for case in cases}
    for seed, key in lists[0].union(*lists[1:], all=True):
        found[seed].add(key)
    return found


def drawn_case(seed: int, stored: list[Rows]) -> Case:
    rnd = Random(seed)
    rows = rnd.choice(stored)
    ids = [str(key) for key in rows.resources]
    workflow_ids = [str(key) for key in stored[0].resources]
    subject = trees.subject(rnd)
    while True:
        documents = [fitted(rnd, each, ids) for each in trees.policies(rnd)]
        try:
            policies = PolicySet.compile(documents)
            break
        except PolicyError:
            continue  # renamed, a condition may contradict itself
    grant = GrantFacts("workflow", rnd.choice(workflow_ids), frozenset({VIEW}))
    facts = AccessFacts(subject, policies, None, rnd.choice([(), (), (grant,)]))
    return Case(seed, facts, trees.environment(rnd), rows)


def fitted(rnd: Random, document: dict[str, Any], ids: list[str]) -> dict[str, Any]:
    """The policy about attributes and ids of the rows that there are."""
    text = json.dumps(document)
    for drawn, name in NAMES.items():
        text = text.replace(f"resource.{drawn}", f"resource.{name}")
        text = text.replace(f"resource.workflow.{drawn}", f"resource.workflow.{name}")
    for drawn in ("w1", "w2"):
        text = text.replace(f'"{drawn}"', f'"{rnd.choice(ids)}"')
    fitted: dict[str, Any] = json.loads(text)
    return fitted


def stored_rows(rnd: Random) -> list[Rows]:
    tenant = Tenant.objects.create(id=trees.TENANT, name="Acme", slug="acme")
    people = [None, *(User(id=UUID(int=number), email=f"{number}@example.org", tenant=tenant)
                      for number in (3, 4))]  # fmt: skip
    User.objects.bulk_create([person for person in people if person])
    workflows = Workflow.objects.bulk_create(
        Workflow(id=UUID(int=1_000 + number), tenant=tenant, created_by=rnd.choice(people), **classified(rnd))
        for number in range(ROWS)
    )
    for workflow in workflows:
        workflow.created_at = trees.moment(rnd)
        workflow.save(update_fields=["created_at"])
    versions = WorkflowVersion.objects.bulk_create(
        WorkflowVersion(tenant=tenant, workflow=each, graph="{}", hash="0" * 64) for each in workflows
    )
    runs = Run.objects.bulk_create(
        Run(
            id=UUID(int=2_000 + number),
            tenant=tenant,
            number=number,
            workflow=version.workflow,
            version=version,
            requested_by=rnd.choice(people),
            created_at=trees.moment(rnd) + timedelta(microseconds=rnd.randint(0, 9)),
        )
        for number, version in enumerate(versions, 1)
    )
    datasets = Dataset.objects.bulk_create(
        Dataset(
            id=UUID(int=3_000 + number),
            tenant=tenant,
            format="csv",
            rows=rnd.randint(0, 9),
            bytes=1,
            created_by=rnd.choice(people),
            **{**classified(rnd), "name": f"dataset {number}"},
        )
        for number in range(ROWS)
    )
    made: list[tuple[type[Model], list[Any]]] = [
        (Workflow, workflows), (Run, runs), (Dataset, datasets)
    ]  # fmt: skip
    return [rows_of(model, rows) for model, rows in made]


def rows_of(model: type[Model], rows: list[Any]) -> Rows:
    """As the database gives them back."""
    read = model._default_manager.filter(pk__in=[row.pk for row in rows])
    return Rows(model, {row.pk: row.as_resource() for row in read.order_by("pk")})  # type: ignore[attr-defined]


def classified(rnd: Random) -> dict[str, Any]:
    return {
        "name": rnd.choice([*trees.DEPARTMENTS, *ODD_TEXTS]),
        "classification": rnd.choice([trees.level(rnd), trees.level(rnd), ""]),
        "department": rnd.choice([trees.text(rnd), trees.text(rnd), rnd.choice(ODD_TEXTS)]),
        "region": rnd.choice(["us", "us.east", "eu", ""]),
        "tags": trees.tags(rnd),
    }
