"""What is unusual is kept once, goes on being told of while it grows, and is nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Tenant, User
from runtime.models import ComplianceAlert, DataView
from runtime.services.compliance.alerts import acknowledge, look_at, look_for_alerts
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db

TODAY = timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def tenant() -> Tenant:
    return Tenant.objects.create(name="Quiet", slug="quiet")


def entries(tenant: Tenant, day: datetime, count: int, *, denied: bool = False) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(
            tenant=tenant,
            at=day,
            actor_email="ada@example.org",
            via="session",
            action="workflow.edit",
            decision="denied" if denied else "",
        )
        for _ in range(count)
    )


def usual_days(tenant: Tenant, count: int = 10) -> None:
    for age in range(1, 9):
        entries(tenant, TODAY - timedelta(days=age), count)


def test_a_burst_is_told_once_and_with_what_it_has_come_to(tenant: Tenant) -> None:
    usual_days(tenant)
    entries(tenant, TODAY, 90)
    assert look_for_alerts() == 1

    entries(tenant, TODAY, 10)
    look_for_alerts()

    alert = ComplianceAlert.objects.get(tenant=tenant)
    assert (alert.kind, alert.who, alert.count) == ("burst", "ada@example.org", 100)
    assert "10 a day are usual for them" in alert.why


def test_what_is_acknowledged_stays_as_it_was(tenant: Tenant) -> None:
    usual_days(tenant)
    entries(tenant, TODAY, 90)
    look_at(tenant.pk)
    acknowledge(ComplianceAlert.objects.get(), "The migration.", user=make_user(make_tenant(), "owner"))

    entries(tenant, TODAY, 10)
    assert look_at(tenant.pk) == 0

    assert ComplianceAlert.objects.get().count == 90


def test_denials_and_a_mass_export_are_told(tenant: Tenant) -> None:
    reader = User.objects.create(tenant=tenant, email="bo@example.org")
    usual_days(tenant)
    entries(tenant, TODAY, 12, denied=True)
    for age in range(9):
        DataView.objects.create(
            tenant=tenant,
            kind="dataset",
            place=tenant.pk,
            reader=reader,
            day=(TODAY - timedelta(days=age)).date(),
            count=1,
            exported=5_000 if age == 0 else 10,
            first_at=TODAY,
            last_at=TODAY,
        )

    look_at(tenant.pk)

    kinds = ComplianceAlert.objects.filter(tenant=tenant).values_list("kind", "who")
    assert set(kinds) == {("denied_burst", "ada@example.org"), ("mass_export", "bo@example.org")}


def test_few_days_and_other_workspaces_tell_nothing(tenant: Tenant) -> None:
    other = Tenant.objects.create(name="Loud", slug="loud")
    usual_days(other)
    entries(other, TODAY, 90)
    entries(tenant, TODAY, 500)

    assert look_at(tenant.pk) == 0
