"""What nodes get: rows as they were when reading began, writes whole or not at all, each key once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import Tenant
from runtime.engine.errors import NodeError
from runtime.models import Dataset, DatasetChunk
from runtime.queries.datasets import DatasetChanged, open_content, rows_of
from runtime.services.dataset_store import TenantDatasets
from tests.people import make_tenant

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = [{"n": 1, "word": "one"}, {"n": 2, "word": "two"}]


@pytest.fixture
def store(tenant: Tenant) -> TenantDatasets:
    return TenantDatasets(tenant.pk)


def write(store: TenantDatasets, rows: Any = ROWS, *, key: str = "k", **options: Any) -> Any:
    values = {"name": "words", "format": "csv", "mode": "replace", **options}
    return asyncio.run(store.write(values.pop("name"), rows, idempotency_key=key, **values))


def read(store: TenantDatasets, name: str = "words", batch_rows: int = 1000) -> list[list[dict[str, Any]]]:
    async def gather() -> list[list[dict[str, Any]]]:
        return [batch async for batch in store.read(name, batch_rows=batch_rows)]

    return asyncio.run(gather())


@pytest.mark.parametrize("format", ["csv", "json", "jsonl", "parquet"])
def test_what_is_written_is_read_again(store: TenantDatasets, format: str) -> None:
    info = write(store, format=format)

    assert (info.name, info.format, info.rows) == ("words", format, 2)
    assert read(store) == [ROWS]
    assert asyncio.run(store.info("words")) == info


def test_rows_come_in_batches(store: TenantDatasets) -> None:
    write(store, [{"n": number} for number in range(25)], format="jsonl")

    assert [len(batch) for batch in read(store, batch_rows=10)] == [10, 10, 5]


def test_replacing_leaves_only_the_new_rows_and_returns_the_space(store: TenantDatasets) -> None:
    write(store, key="1")
    write(store, [{"other": True}], key="2")

    assert read(store) == [[{"other": True}]]
    assert DatasetChunk.objects.count() == 1


def test_appending_adds_rows_and_columns(store: TenantDatasets) -> None:
    write(store, key="1")
    info = write(store, [{"n": 3, "extra": "x"}], key="2", mode="append")

    assert info.rows == 3
    assert read(store)[0][0] == {"n": 1, "word": "one", "extra": None}
    assert read(store)[0][2] == {"n": 3, "word": None, "extra": "x"}


def test_appending_in_another_format_is_refused(store: TenantDatasets) -> None:
    write(store, key="1")

    with pytest.raises(NodeError) as caught:
        write(store, key="2", mode="append", format="json")

    assert caught.value.code == "dataset_format_differs"
    assert read(store) == [ROWS]


def test_the_same_key_again_changes_nothing(store: TenantDatasets) -> None:
    first = write(store, key="step-1", mode="append")
    again = write(store, [{"n": 9}], key="step-1", mode="append")

    assert first == again
    assert read(store) == [ROWS]


def test_appends_at_the_same_time_all_arrive(store: TenantDatasets) -> None:
    write(store, [], key="0", format="jsonl")

    async def at_once() -> None:
        writes = [
            store.write("words", [{"n": n}], format="jsonl", mode="append", idempotency_key=str(n))
            for n in range(1, 5)
        ]
        await asyncio.gather(*writes)

    asyncio.run(at_once())

    assert sorted(row["n"] for batch in read(store) for row in batch) == [1, 2, 3, 4]


def test_a_first_write_by_two_at_once_is_one_dataset(store: TenantDatasets) -> None:
    async def at_once() -> None:
        writes = [
            store.write("words", [{"n": n}], format="json", mode="replace", idempotency_key=str(n))
            for n in (1, 2)
        ]
        await asyncio.gather(*writes)

    asyncio.run(at_once())

    assert Dataset.objects.count() == 1
    assert read(store) in ([[{"n": 1}]], [[{"n": 2}]])


def test_rows_that_cannot_be_written_leave_the_old_ones(store: TenantDatasets) -> None:
    write(store, key="1")

    with pytest.raises(NodeError):
        write(store, [{"n": 1}, {"n": {"not": "flat"}, "\ud800": 1}], key="2")

    assert read(store) == [ROWS]


@override_settings(DATASET_MAX_MB=1)
def test_a_dataset_past_the_cap_is_refused_and_leaves_nothing(store: TenantDatasets) -> None:
    with pytest.raises(NodeError) as caught:
        write(store, [{"text": "x" * 1000} for _ in range(1100)])

    assert caught.value.code == "dataset_too_large"
    assert not Dataset.objects.exists()


def test_a_missing_dataset_is_named_with_a_near_one(store: TenantDatasets) -> None:
    write(store)

    with pytest.raises(NodeError) as caught:
        asyncio.run(store.info("wrods"))

    assert caught.value.code == "dataset_missing"
    assert "words" in caught.value.message


def test_another_tenants_datasets_are_not_there(store: TenantDatasets) -> None:
    write(store)
    other = TenantDatasets(make_tenant("Other").pk)

    with pytest.raises(NodeError) as caught:
        read(other)
    write(other, [{"mine": 1}])

    assert "words" not in caught.value.message.replace("'words'", "", 1)
    assert read(store) == [ROWS]


def test_a_reader_keeps_what_it_began_with_while_others_write(store: TenantDatasets) -> None:
    write(store, [{"n": number} for number in range(20)], key="1", format="jsonl")

    async def read_while_writing() -> list[int]:
        seen: list[int] = []
        async for batch in store.read("words", batch_rows=5):
            if not seen:
                await store.write("words", [{"n": -1}], format="json", mode="replace", idempotency_key="2")
            seen += [row["n"] for row in batch]
        return seen

    assert asyncio.run(read_while_writing()) == list(range(20))
    assert read(store) == [[{"n": -1}]]


def test_pages_of_a_replaced_dataset_say_that_it_changed(store: TenantDatasets) -> None:
    write(store, key="1")
    before = Dataset.objects.get()
    write(store, [{"n": 3}], key="2")

    with pytest.raises(DatasetChanged):
        open_content(before).read()
    assert rows_of(Dataset.objects.get(), offset=0, limit=5) == [{"n": 3}]


@pytest.mark.parametrize("name", ["../x", "", "a/b", "x" * 300])
def test_a_name_that_is_no_file_name_is_refused(store: TenantDatasets, name: str) -> None:
    with pytest.raises(NodeError) as caught:
        write(store, name=name)

    assert caught.value.code == "invalid_name"


def test_a_file_is_adopted_once_for_each_key(store: TenantDatasets, tmp_path: Path) -> None:
    file = tmp_path / "content"
    file.write_text("a\n1\n")
    asyncio.run(store.adopt("words", file, format="csv", idempotency_key="k"))
    file.write_text("a\n2\n")

    again = asyncio.run(store.adopt("words", file, format="csv", idempotency_key="k"))
    kept = read(store)
    asyncio.run(store.adopt("words", file, format="csv", idempotency_key="other"))

    assert (again.rows, kept, read(store)) == (1, [[{"a": 1}]], [[{"a": 2}]])


@override_settings(DATASET_MAX_MB=0)
def test_a_file_past_the_cap_is_not_adopted(store: TenantDatasets, tmp_path: Path) -> None:
    file = tmp_path / "content"
    file.write_text("a\n1\n")

    with pytest.raises(NodeError, match="larger"):
        asyncio.run(store.adopt("words", file, format="csv", idempotency_key="k"))

    assert not Dataset.objects.exists()
