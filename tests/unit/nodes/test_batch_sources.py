"""Batches from databases and paged services, with peers that answer as told."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from runtime import LocalRuntime, WorkflowBuilder
from runtime.batch.local_desk import LocalDesk
from runtime.batch.rate import LocalGate
from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext
from runtime.nodes.batch_processor import BatchProcessorNode
from runtime.nodes.batch_settings import source_of
from runtime.services_protocol import HttpResponse
from tests.unit.nodes.surroundings import Context, Services, run


class Peer:
    """A service of `count` records, `size` a page, by page number."""

    def __init__(self, count: int, size: int, answer: Callable[[int], HttpResponse | None] | None = None):
        self.count, self.size = count, size
        self.pages: list[int] = []
        self.headers: list[Mapping[str, str]] = []
        self._answer = answer

    async def request(self, method: str, url: str, **options: Any) -> HttpResponse:
        number = int(parse_qs(urlsplit(url).query)["page"][0])
        self.pages.append(number)
        self.headers.append(options["headers"])
        answered = self._answer(number) if self._answer else None
        if answered is not None:
            return answered
        first = (number - 1) * self.size
        items = [{"id": place} for place in range(first, min(self.count, first + self.size))]
        body = json.dumps({"items": items}).encode()
        return HttpResponse(200, {"content-type": "application/json"}, url, body)


class Database:
    """A query of `count` rows."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []

    @asynccontextmanager
    async def connect(self, target: Any, *, is_writing: bool = False, timeout_s: float = 10.0) -> Any:
        assert not is_writing
        self._target = target
        yield self

    async def rows(
        self, query: str, parameters: Mapping[str, Any], *, batch_rows: int, timeout_s: float
    ) -> AsyncIterator[list[dict[str, Any]]]:
        self.asked.append((self._target.name, query, parameters))
        for first in range(0, self.count, batch_rows):
            yield [{"id": place} for place in range(first, min(self.count, first + batch_rows))]


class Everything(Services):
    sql: Any = None

    @property
    def batches(self) -> Any:
        given: Any = self
        return LocalDesk(given)


def services(**parts: Any) -> Everything:
    made = Everything()
    for name, part in parts.items():
        setattr(made, name, part)
    return made


def result(node: BatchProcessorNode, given: Everything) -> dict[str, Any]:
    outputs: Any = run(node, Context({}, given))
    return dict(outputs["result"])


PAGED = {
    "kind": "http",
    "url": "https://api.example.com/items",
    "pagination": {"kind": "page", "size": 25, "patience": 0},
}
QUERY = {
    "kind": "sql",
    "database": "sqlite",
    "file": "shop",
    "statement": "SELECT id FROM orders WHERE id > :least ORDER BY id",
    "parameters": {"least": 0},
}


def test_pages_of_a_service_become_batches_of_their_own_size() -> None:
    peer = Peer(110, 25)

    found = result(BatchProcessorNode(source=PAGED, batch_size=40), services(http=peer))

    assert (found["batch_count"], found["total_records"]) == (3, 110)
    assert [record["id"] for record in found["results"]] == list(range(110))
    assert peer.pages == [1, 2, 3, 4, 5]


def test_the_rate_of_a_service_counts_its_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    async def acquire(self: LocalGate) -> None:
        asked.append(1)

    monkeypatch.setattr(LocalGate, "acquire", acquire)
    node = BatchProcessorNode(source=PAGED, batch_size=10, rate_limit_per_second=50)

    assert result(node, services(http=Peer(110, 25)))["batch_count"] == 11
    assert len(asked) == 5


def test_a_service_that_refuses_fails_the_step_after_what_it_gave() -> None:
    def answer(number: int) -> HttpResponse | None:
        return (
            HttpResponse(503, {"retry-after": "7"}, "https://api.example.com/items", b"")
            if number == 4
            else None
        )

    node = BatchProcessorNode(source=PAGED)
    with pytest.raises(NodeError) as caught:
        result(node, services(http=Peer(1000, 25, answer)))

    error = caught.value
    assert (error.code, error.facts["status"], error.facts["retry_after_s"]) == ("http_status", 503, 7)
    assert (error.retryable, error.facts["ok"], error.facts["total_records"]) == (True, 75, 75)


def test_more_pages_than_allowed_are_an_error_and_not_a_smaller_result() -> None:
    few = {**PAGED, "pagination": {"kind": "page", "size": 25, "max_pages": 2}}

    with pytest.raises(NodeError, match="more than 2 pages") as caught:
        result(BatchProcessorNode(source=few), services(http=Peer(110, 25)))

    assert caught.value.code == "too_many_pages"


def test_as_many_records_as_wanted_are_read() -> None:
    some = {**PAGED, "pagination": {"kind": "page", "size": 25, "max_records": 60}}

    assert result(BatchProcessorNode(source=some), services(http=Peer(110, 25)))["total_records"] == 60


def test_a_query_is_read_in_batches_with_bound_parameters() -> None:
    database = Database(2500)

    found = result(BatchProcessorNode(source=QUERY, batch_size=600), services(sql=database))

    assert (found["batch_count"], found["ok"]) == (5, 2500)
    assert database.asked == [("shop", QUERY["statement"], {"least": 0})]


def test_an_expression_over_a_query_knows_its_columns() -> None:
    node = BatchProcessorNode(source=QUERY, processing={"kind": "expression", "expression": "id * 2"})

    assert result(node, services(sql=Database(3)))["results"] == [0, 2, 4]


def problems(source: dict[str, Any]) -> list[tuple[str, str | None]]:
    context = CheckContext("batch", frozenset(), None)
    return [(p.code, p.field) for p in BatchProcessorNode.check({"source": source}, context)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (QUERY, []),
        (PAGED, []),
        ({**QUERY, "file": None}, [("missing_parameter", "config.source.file")]),
        ({**QUERY, "parameters": {}}, [("missing_parameter", "config.source.parameters")]),
        ({**QUERY, "statement": "SELECT 1; DROP TABLE orders"}, [("invalid_sql", "config.source.statement")]),
        ({**PAGED, "url": "ftp://files"}, [("invalid_url", "config.source.url")]),
        ({**PAGED, "headers": {"a b": "c"}}, [("invalid_header", "config.source.headers.a b")]),
    ],
)
def test_sources_are_checked_at_save(source: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert problems(source) == expected


def test_a_database_file_of_the_workspace_is_read_in_batches(tmp_path: Path) -> None:
    """The real desk of a script, and a value that would break a query made of texts."""
    (tmp_path / "databases").mkdir()
    with closing(sqlite3.connect(tmp_path / "databases" / "shop.db")) as database:
        database.execute("CREATE TABLE orders (id INTEGER, region TEXT)")
        database.executemany(
            "INSERT INTO orders VALUES (?, ?)", [(n, "x'; DROP TABLE orders; --") for n in range(3000)]
        )
        database.commit()
    source = {
        **QUERY,
        "statement": "SELECT id FROM orders WHERE region = :region ORDER BY id",
        "parameters": {"region": "${region}"},
    }
    workflow = WorkflowBuilder()
    workflow.add_node(BatchProcessorNode, "batch", {"source": source, "batch_size": 700})

    with LocalRuntime(workspace=tmp_path) as runtime:
        results, _ = runtime.execute(workflow.build(), {"region": "x'; DROP TABLE orders; --"})

    assert [record["id"] for record in results["batch"]["result"]["results"]] == list(range(3000))
    assert results["batch"]["result"]["batch_count"] == 5


async def pages_from(source: Any, start: Any) -> list[tuple[Any, list[int]]]:
    return [(page.at, [record["id"] for record in page.records]) async for page in source.pages(start)]


def source_in(source: dict[str, Any], given: Everything) -> Any:
    node = BatchProcessorNode(source=source)
    return source_of(node.parameters.source, None, Context({}, given))


@pytest.mark.parametrize(
    ("source", "given"),
    [(PAGED, {"http": Peer(110, 25)}), (QUERY, {"sql": Database(2500)})],
    ids=["service", "database"],
)
def test_reading_goes_on_at_any_page(source: dict[str, Any], given: dict[str, Any]) -> None:
    made = source_in(source, services(**given))
    whole = asyncio.run(pages_from(made, None))

    for place, (at, _) in enumerate(whole):
        assert asyncio.run(pages_from(made, at)) == whole[place:]


def test_a_query_that_gives_less_than_before_cannot_be_gone_on_with() -> None:
    made = source_in(QUERY, services(sql=Database(500)))

    with pytest.raises(NodeError, match="gave 500 records, where 2,000 had been read") as caught:
        asyncio.run(pages_from(made, 2000))

    assert caught.value.code == "source_changed"
