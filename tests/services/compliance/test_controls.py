"""Each control on a workspace in which it passes, one in which it fails, and an empty one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.test import override_settings
from django.utils import timezone

from accounts.models import Tenant
from runtime.models import MaintenanceJob
from runtime.queries.evidence.gathering import COLLECTORS
from runtime.reports.controls import BY_KEY, CONTROLS, find
from runtime.reports.evidence import Fact
from runtime.services.evidence import evidence_of
from tests.services.compliance.cases import CASES, EMPTY, PEOPLE, confirmed, trigger, workflow

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty() -> Tenant:
    """Without roles, people and entries."""
    return Tenant.objects.create(name="Empty", slug="empty")


@pytest.fixture(autouse=True)
def settings_as_before() -> Iterator[None]:
    kept = override_settings(SANDBOX_POLICY=project.SANDBOX_POLICY)
    with kept:
        yield


def judge(key: str, tenant: Tenant, workflow_id: Any = None) -> tuple[str, Fact]:
    until = timezone.now() + timedelta(seconds=1)
    evidence = evidence_of(tenant.pk, until - timedelta(days=30), until, workflow_id=workflow_id, keys=[key])
    control = BY_KEY[key]
    found = find(control, evidence, next(iter(control.clauses)))
    assert "{" not in found.words
    return found.verdict, evidence.facts[key]


def test_every_control_is_counted_and_tried() -> None:
    assert set(COLLECTORS) == set(BY_KEY) == {*CASES, *PEOPLE}


@pytest.mark.parametrize("key", CASES)
def test_it_passes_where_all_is_well(key: str, empty: Tenant) -> None:
    CASES[key].passing(empty)

    verdict, fact = judge(key, empty)

    assert dict(fact.counts) == CASES[key].counts[0]
    assert verdict == "pass"


@pytest.mark.parametrize("key", CASES)
def test_it_does_not_where_something_is_wrong_and_names_it(key: str, empty: Tenant) -> None:
    CASES[key].failing(empty)

    verdict, fact = judge(key, empty)

    assert dict(fact.counts) == CASES[key].counts[1]
    assert verdict == CASES[key].failed


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.key)
def test_an_empty_workspace_passes_by_settings_alone(control: Any, empty: Tenant) -> None:
    MaintenanceJob.objects.all().delete()

    verdict, fact = judge(control.key, empty)

    assert verdict == EMPTY.get(control.key, "not_applicable")
    assert not fact.samples


@pytest.mark.parametrize("key", PEOPLE)
def test_a_person_confirms_what_no_table_tells(key: str, empty: Tenant) -> None:
    confirmed(key)(empty)

    verdict, fact = judge(key, empty)

    assert verdict == "manual"
    assert "by ada@example.org: Done." in fact.note


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.key)
def test_what_another_workspace_has_changes_nothing(control: Any, empty: Tenant) -> None:
    if control.key in ("code_isolated", "upkeep_works", *PEOPLE):
        pytest.skip("of the installation, or of a person")
    MaintenanceJob.objects.all().delete()
    CASES[control.key].failing(Tenant.objects.create(name="Other", slug="other"))

    assert judge(control.key, empty)[0] == EMPTY.get(control.key, "not_applicable")


def test_a_report_of_one_workflow_counts_that_alone(empty: Tenant) -> None:
    good, bad = workflow(empty, published_number=1, description="Pays"), workflow(empty, published_number=1)
    trigger(bad)

    assert judge("purpose_stated", empty, good.pk)[0] == "pass"
    assert judge("purpose_stated", empty, bad.pk)[0] == "fail"
    assert judge("failures_told", empty, good.pk)[0] == "not_applicable"
    assert judge("failures_told", empty, bad.pk)[1].samples[0].id == str(bad.pk)
