"""Sealing the audit trail, and that every way to falsify a sealed entry is found and named."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.audit_checks import chains, check_trail
from accounts.models import AuditEntry, AuditSeal, Tenant
from accounts.services.audit import record
from accounts.services.audit_keys import signing_key
from accounts.services.audit_sealing import seal_document, seal_new
from tests.people import make_tenant

pytestmark = pytest.mark.django_db


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant()


def sealed(tenant: Tenant, *sizes: int) -> list[int]:
    """The ids of entries in so many seals of these sizes."""
    for size in sizes:
        for number in range(size):
            record("workflow.edit", tenant_id=tenant.pk, label=f"n{number}", after={"n": number})
        seal_new()
    return list(AuditEntry.objects.filter(tenant=tenant).order_by("id").values_list("id", flat=True))


def forge(statement: str, *values: Any) -> None:
    """What somebody does who owns the database: switches the triggers off, and writes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def found(tenant: Tenant | None, **options: Any) -> list[tuple[str, int | None]]:
    report = check_trail(None if tenant is None else tenant.pk, **options)
    return [(each.problem, each.entry) for each in report.faults]


def test_sealed_entries_are_as_they_were_written(tenant: Tenant) -> None:
    sealed(tenant, 3, 1, 6)
    record("workflow.edit", tenant_id=tenant.pk)

    report = check_trail(tenant.pk)

    assert report.is_ok
    assert (report.entries, report.seals, report.waiting) == (10, 3, 1)


def test_each_tenant_has_a_chain_of_its_own_and_so_has_what_belongs_to_none(tenant: Tenant) -> None:
    other = make_tenant("Other")
    record("a.b", tenant_id=tenant.pk)
    record("a.b", tenant_id=other.pk)
    record("a.b")
    seal_new()

    assert {tenant.pk, other.pk, None} <= set(chains())
    assert [AuditSeal.objects.get(tenant=each).size for each in (tenant.pk, other.pk, None)] == [1, 1, 1]
    assert found(None) == []


def test_nothing_new_makes_no_seal(tenant: Tenant) -> None:
    sealed(tenant, 2)

    assert seal_new() == 0
    assert AuditSeal.objects.filter(tenant=tenant).count() == 1


def test_an_edited_entry_is_named(tenant: Tenant) -> None:
    ids = sealed(tenant, 4, 4)
    forge("UPDATE audit_entry SET after = '{\"n\": 7}' WHERE id = %s", ids[5])

    assert found(tenant) == [("entry_changed", ids[5])]


@pytest.mark.parametrize(
    "column, value",
    [("actor_email", "x@y.z"), ("at", "2020-01-01"), ("tenant_id", None), ("xid", 3), ("decision", "denied")],
)
def test_no_column_can_be_edited(tenant: Tenant, column: str, value: Any) -> None:
    ids = sealed(tenant, 3)
    forge(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", value, ids[1])  # noqa: S608

    assert ("entry_changed", ids[1]) in found(tenant)


def test_a_deleted_entry_is_named(tenant: Tenant) -> None:
    ids = sealed(tenant, 4)
    forge("DELETE FROM audit_entry WHERE id = %s", ids[2])

    assert found(tenant) == [("entry_deleted", ids[2])]


@pytest.mark.parametrize("place", [0, 2, 3])
def test_an_entry_deleted_with_its_place_leaves_a_gap(tenant: Tenant, place: int) -> None:
    ids = sealed(tenant, 4)
    forge("DELETE FROM audit_entry WHERE id = %s", ids[place])
    forge("DELETE FROM audit_sealed_entry WHERE entry_id = %s", ids[place])

    report = check_trail(tenant.pk)

    assert [each.problem for each in report.faults] == ["entry_deleted"]
    before, after = ids[place - 1] if place else None, ids[place + 1] if place < 3 else None
    assert all(str(id) in report.faults[0].message for id in (before, after) if id)


def test_reordered_entries_are_named(tenant: Tenant) -> None:
    ids = sealed(tenant, 4)
    forge("UPDATE audit_sealed_entry SET position = -1 WHERE entry_id = %s", ids[1])
    forge("UPDATE audit_sealed_entry SET position = 1 WHERE entry_id = %s", ids[2])
    forge("UPDATE audit_sealed_entry SET position = 2 WHERE entry_id = %s", ids[1])

    assert found(tenant) == [("entry_reordered", ids[1])]


def test_entries_that_swapped_their_ids_are_found(tenant: Tenant) -> None:
    ids = sealed(tenant, 4)
    forge("UPDATE audit_entry SET id = -1 WHERE id = %s", ids[1])
    forge("UPDATE audit_entry SET id = %s WHERE id = %s", ids[1], ids[2])
    forge("UPDATE audit_entry SET id = %s WHERE id = -1", ids[2])

    assert found(tenant) == [("entry_changed", ids[1])]


INSERT = "INSERT INTO audit_entry (id, xid, tenant_id, at, via, action, actor_email, token, object_type,"
INSERT += " object_id, object_label, decision, rule, reason, request_id) VALUES"
INSERT += " (%s, coalesce(%s, pg_current_xact_id()::text::bigint), %s, now(), 'system', 'forged',"
INSERT += " '', '', '', '', '', '', '', '', '')"


def free_id() -> int:
    """An id that was given out to a transaction which then did not commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_entry_id_seq')")
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("with_row_of_seal", [False, True])
@pytest.mark.parametrize("and_sealed_since", [False, True])
def test_an_entry_that_was_slipped_in_is_named(
    tenant: Tenant, with_row_of_seal: bool, and_sealed_since: bool
) -> None:
    sealed(tenant, 2)
    gap = free_id()
    sealed(tenant, 3)
    seal = AuditSeal.objects.filter(tenant=tenant).latest("number")
    forge(INSERT, gap, old_transaction(), tenant.pk)
    if with_row_of_seal:
        forge("INSERT INTO audit_sealed_entry VALUES (%s, 99, %s, %s)", gap, b"\0" * 32, seal.pk)
    if and_sealed_since:
        seal_new()
        sealed(tenant, 1)

    assert ("entry_inserted", gap) in found(tenant)


def old_transaction() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(horizon) - 1 FROM audit_seal")
        return int(cursor.fetchone()[0])


def test_an_entry_that_claims_a_seal_which_is_not_there_is_named(tenant: Tenant) -> None:
    sealed(tenant, 2)
    gap = free_id()
    forge(INSERT, gap, None, tenant.pk)
    forge("INSERT INTO audit_sealed_entry VALUES (%s, 0, %s, 999999999)", gap, b"\0" * 32)

    assert found(tenant) == [("entry_inserted", gap)]


def test_an_entry_rewritten_with_its_kept_hash_is_found_by_the_root(tenant: Tenant) -> None:
    ids = sealed(tenant, 4)
    forge("UPDATE audit_entry SET reason = 'other' WHERE id = %s", ids[1])
    rehash(tenant, ids[1])

    assert found(tenant) == [("entry_changed", ids[0])]


def rehash(tenant: Tenant, id: int) -> None:
    from accounts.audit.rows import COLUMNS, entry_document
    from accounts.audit.verify import leaf_hash

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM audit_entry e WHERE id = %s", [id])  # noqa: S608
        leaf = leaf_hash(entry_document(cursor.fetchone()))
    forge("UPDATE audit_sealed_entry SET leaf = %s WHERE entry_id = %s", leaf, id)


@pytest.mark.parametrize(
    "statement, problem",
    [
        ("UPDATE audit_seal SET size = size + 1 WHERE tenant_id = %s AND number = 2", "seal_changed"),
        ("UPDATE audit_seal SET at = now() WHERE tenant_id = %s AND number = 2", "seal_changed"),
        ("DELETE FROM audit_seal WHERE tenant_id = %s AND number = 2", "seal_missing"),
        (
            "UPDATE audit_seal SET signature = hash WHERE tenant_id = %s AND number = 2",
            "bad_signature",
        ),
    ],
)
def test_a_falsified_seal_is_found(tenant: Tenant, statement: str, problem: str) -> None:
    sealed(tenant, 1, 2, 1)
    forge(statement, tenant.pk)

    assert problem in [each for each, _ in found(tenant)]


def test_a_trail_that_was_cut_off_or_rewritten_is_found_against_a_checkpoint(tenant: Tenant) -> None:
    ids = sealed(tenant, 2, 2)
    checkpoint = seal_document(AuditSeal.objects.filter(tenant=tenant).latest("number"))
    assert found(tenant, checkpoint=checkpoint) == []

    for table, column in (("audit_entry", "id"), ("audit_sealed_entry", "entry_id")):
        forge(f"DELETE FROM {table} WHERE {column} >= %s", ids[2])  # noqa: S608
    forge("DELETE FROM audit_seal WHERE tenant_id = %s AND number = 2", tenant.pk)

    assert found(tenant) == []
    assert found(tenant, checkpoint=checkpoint) == [("truncated", None)]

    sealed(tenant, 2)
    assert found(tenant, checkpoint=checkpoint) == [("rewritten", None)]


def test_a_chain_signed_with_a_foreign_key_is_not_trusted(tenant: Tenant, settings: Any) -> None:
    sealed(tenant, 1)
    settings.SECRET_KEY = "x" * 50

    assert found(tenant) == [("other_key", None)]


def test_a_new_key_is_told_of_in_each_chain_and_vouches_for_what_was_before(
    tenant: Tenant, settings: Any
) -> None:
    sealed(tenant, 2)
    settings.SECRET_KEY = "x" * 50
    record("a.b", tenant_id=tenant.pk)
    seal_new()
    seal_new()

    assert found(tenant) == []
    told = AuditEntry.objects.filter(tenant=tenant, action="audit.key").get()
    assert told.after == {"public": signing_key().public.hex()}


def test_large_batches_are_sealed_one_after_the_other(tenant: Tenant, monkeypatch: Any) -> None:
    monkeypatch.setattr("accounts.services.audit_sealing.BATCH", 4)
    sealed(tenant, 10)

    assert list(AuditSeal.objects.filter(tenant=tenant).values_list("size", flat=True)) == [4, 4, 2]
    assert found(tenant) == []
