"""Transactions that commit after later ones were sealed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.audit_checks import check_trail
from accounts.models import AuditEntry, AuditSeal, AuditSealedEntry
from accounts.services.audit import record
from accounts.services.audit_sealing import seal_new
from tests.people import make_tenant

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def elsewhere(act: object) -> Iterator[None]:
    """`act` in a transaction of another connection, which commits at the end of the block."""
    begun, done = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with transaction.atomic():
                act()  # type: ignore[operator]
                begun.set()
                done.wait(30)
        finally:
            begun.set()
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait(30)
    yield
    done.set()
    thread.join()


def test_an_entry_that_commits_late_is_sealed_late_and_is_no_fault() -> None:
    tenant = make_tenant()
    with elsewhere(lambda: record("late.one", tenant_id=tenant.pk)):
        record("early.one", tenant_id=tenant.pk)
        seal_new()
        record("early.two", tenant_id=tenant.pk)
        seal_new()
        assert AuditSeal.objects.filter(tenant=tenant).count() == 2
    seal_new()

    report = check_trail(tenant.pk)
    assert (report.is_ok, report.waiting, report.seals) == (True, 0, 3)
    ids = list(AuditSealedEntry.objects.filter(seal__tenant=tenant).values_list("entry_id", flat=True))
    assert len(ids) == 3


def test_of_two_sealers_one_does_the_work() -> None:
    tenant = make_tenant()
    record("a.b", tenant_id=tenant.pk)
    with elsewhere(seal_new):
        assert seal_new() == 0

    assert check_trail(tenant.pk).is_ok
    assert AuditSeal.objects.filter(tenant=tenant).count() == 1


def test_an_entry_that_was_slipped_in_with_a_new_transaction_is_named() -> None:
    tenant = make_tenant()
    record("a.b", tenant_id=tenant.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_entry_id_seq')")
        gap = cursor.fetchone()[0]
    record("a.b", tenant_id=tenant.pk)
    seal_new()
    AuditEntry.objects.create(id=gap, tenant=tenant, at=timezone.now(), via="system", action="forged")

    assert [each.entry for each in check_trail(tenant.pk).faults] == [gap]
    seal_new()
    assert [each.entry for each in check_trail(tenant.pk).faults] == [gap]
