"""Queries of a real PostgreSQL: by the desk, and by a step of a run with a credential."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import Tenant, User
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.secret import Secret
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import Dataset
from runtime.net.egress import EgressPolicy
from runtime.services.credentials import create_credential
from runtime.services_protocol import SqlTarget
from runtime.sql.desk import Databases
from tests.contract import Api
from tests.postgres_door import postgres_door
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status

PASSWORD = "canary-database-password"


@pytest.fixture
def door(transactional_db: None, settings: Any) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE trial_order (id int PRIMARY KEY, city text, total numeric, tags jsonb)")
        cursor.execute(
            "INSERT INTO trial_order SELECT n, CASE n % 2 WHEN 0 THEN 'Bergen' ELSE 'Oslo' END, n / 4.0,"
            " jsonb_build_object('n', n) FROM generate_series(1, 5000) n"
        )
    with postgres_door() as port:
        settings.EGRESS_ALLOW = f"127.0.0.1:{port}"
        yield port
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE trial_order")


class OneSecret:
    _then: Revealed | None = None

    def __init__(self, url: str) -> None:
        self._url = url

    async def reveal(self, name: str) -> Revealed:
        return Revealed(name, "secret", {}, {"value": Secret(self._url)})

    async def newer(self, than: Revealed) -> Revealed | None:
        return self._then


class TwoSecrets(OneSecret):
    """The second is in force once the first was asked for."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)
        self._then = Revealed("db", "secret", {}, {"value": Secret(second)}, 2)


def url(port: int, **changes: str) -> str:
    user, database = connection.settings_dict["USER"], connection.settings_dict["NAME"]
    return f"postgresql://{user}:{PASSWORD}@127.0.0.1:{port}/{database}?sslmode=disable"


def desk(address: str, allow: str = "127.0.0.1", then: str | None = None) -> Databases:
    async def nowhere() -> None:
        return None

    return Databases(
        secrets=OneSecret(address) if then is None else TwoSecrets(address, then),
        egress=lambda: EgressPolicy.from_text(allow),
        folder=nowhere,
        no_folder="none",
    )


def asked(port: int, query: str, parameters: dict[str, Any] | None = None, **options: Any) -> list[list[Any]]:
    async def ask() -> list[list[Any]]:
        async with desk(url(port)).connect(SqlTarget("postgresql", "db")) as database:
            return [batch async for batch in database.rows(query, parameters or {}, **options)]

    return asyncio.run(ask())


def changed(port: int, query: str, parameters: dict[str, Any] | None = None) -> Any:
    async def ask() -> Any:
        async with desk(url(port)).connect(SqlTarget("postgresql", "db"), is_writing=True) as database:
            return await database.change(query, parameters or {}, max_rows=2)

    return asyncio.run(ask())


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM trial_order")
        found: int = cursor.fetchone()[0]
        return found


def test_a_refused_login_is_tried_with_the_credential_in_force(door: int) -> None:
    before = url(door).replace("://", "://nobody-of-this-name")

    async def ask(*addresses: str) -> list[Any]:
        async with desk(addresses[0], then=addresses[1]).connect(SqlTarget("postgresql", "db")) as database:
            return [batch async for batch in database.rows("SELECT 1 AS one", {})]

    assert asyncio.run(ask(before, url(door))) == [[{"one": 1}]]
    with pytest.raises(NodeError) as refused:
        asyncio.run(ask(before, before))
    assert refused.value.code == "sql_unreachable"


def test_records_come_in_batches_with_values_as_json(door: int) -> None:
    batches = asked(
        door,
        "SELECT id, total, tags, '2026-01-02'::date AS day, 5 % 3 AS rest, city LIKE 'O%' AS o"
        " FROM trial_order WHERE id = ANY(:ids) AND tags @> :tag ORDER BY id",
        {"ids": [1, 2, 3], "tag": {"n": 2}},
    )

    assert batches == [
        [{"id": 2, "total": 0.5, "tags": {"n": 2}, "day": "2026-01-02", "rest": 2, "o": False}]
    ]
    sizes = [
        len(batch) for batch in asked(door, "SELECT id FROM trial_order", batch_rows=2000, max_rows=4500)
    ]
    assert sizes == [2000, 2000, 500]


def test_many_records_are_never_held_at_once(door: int) -> None:
    async def first_of_many() -> tuple[int, float]:
        async with desk(url(door)).connect(SqlTarget("postgresql", "db")) as database:
            started = time.monotonic()
            query = "SELECT generate_series(1, 100000000) AS n, repeat('x', 1000) AS text"
            async for batch in database.rows(query, {}, batch_rows=500):
                return len(batch), time.monotonic() - started
        raise AssertionError

    rows, took_s = asyncio.run(first_of_many())

    assert rows == 500
    assert took_s < 2


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", "Oslo'; DROP TABLE trial_order; --", "%(x)s", ":city", "$1"]
)
def test_a_value_is_never_part_of_the_query(door: int, value: str) -> None:
    assert asked(door, "SELECT * FROM trial_order WHERE city = :city", {"city": value}) == []
    assert count() == 5000


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM trial_order",
        "DROP TABLE trial_order",
        "WITH gone AS (DELETE FROM trial_order RETURNING id) SELECT * FROM gone",
        "COMMIT",
        "SELECT nextval('trial_seq')",
        "SELECT set_config('transaction_read_only', 'off', true)",
    ],
)
def test_a_query_that_would_change_something_is_refused(door: int, query: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS trial_seq")
    try:
        with pytest.raises(NodeError) as caught:
            asked(door, query)
        assert caught.value.code == "sql_failed"
        assert count() == 5000
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SEQUENCE trial_seq")


def test_a_slow_query_is_stopped_on_the_server_too(door: int) -> None:
    started = time.monotonic()

    with pytest.raises(NodeError) as caught:
        asked(door, "SELECT pg_sleep(60)", timeout_s=0.3)

    assert caught.value.code == "timeout"
    assert time.monotonic() - started < 5
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lockgate' AND state = 'active'"
            " AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone() == (0,)


def test_a_statement_that_writes_is_committed_and_counted(door: int) -> None:
    change = changed(door, "UPDATE trial_order SET city = :city WHERE id <= 3 RETURNING id", {"city": "Rom"})

    assert change.affected == 3
    assert len(change.rows) == 2
    assert asked(door, "SELECT count(*) AS n FROM trial_order WHERE city = 'Rom'") == [[{"n": 3}]]


def test_a_failed_statement_tells_no_rows(door: int) -> None:
    with pytest.raises(NodeError) as caught:
        changed(door, "INSERT INTO trial_order (id, city) VALUES (1, 'secret city')")

    assert (caught.value.code, caught.value.facts["sqlstate"]) == ("sql_failed", "23505")
    assert "Key" not in caught.value.message
    assert count() == 5000


@pytest.mark.parametrize(
    ("address", "allow", "code"),
    [
        ("postgresql://u:{p}@127.0.0.1:5432/db", "", "egress_refused"),
        ("postgresql://u:{p}@localhost:5432/db", "", "egress_refused"),
        ("postgresql://u:{p}@169.254.169.254/db", "", "egress_refused"),
        ("postgresql://u:{p}@db.example:22/db", "", "egress_refused"),
        ("postgresql://u:{p}@127.0.0.1:1/db", "127.0.0.1", "sql_unreachable"),
        ("postgresql:///db?host=/tmp&user=u", "127.0.0.1", "invalid_credential"),
        ("postgresql://u:{p}@%2Ftmp/db", "127.0.0.1", "invalid_credential"),
        ("postgresql://u:{p}@127.0.0.1/db?options=-c%20x", "127.0.0.1", "invalid_credential"),
        ("mysql://u:{p}@127.0.0.1/db", "127.0.0.1", "invalid_credential"),
        ("{p}", "127.0.0.1", "invalid_credential"),
    ],
)
def test_where_nothing_is_asked_and_the_secret_is_not_told(address: str, allow: str, code: str) -> None:
    async def ask() -> None:
        given = EgressPolicy.from_text(allow)

        async def resolver(host: str, port: int) -> list[str]:
            return ["93.184.216.34"] if host == "db.example" else ["127.0.0.1"]

        async def nowhere() -> None:
            return None

        databases = Databases(
            secrets=OneSecret(address.replace("{p}", PASSWORD)),
            egress=lambda: EgressPolicy(given.openings, resolver),
            folder=nowhere,
            no_folder="none",
        )
        async with databases.connect(SqlTarget("postgresql", "db")):
            raise AssertionError

    with pytest.raises(NodeError) as caught:
        asyncio.run(ask())

    assert caught.value.code == code
    assert PASSWORD not in caught.value.message


def make_credential(user: User, port: int) -> None:
    values = {
        "host": "127.0.0.1",
        "port": port,
        "database": connection.settings_dict["NAME"],
        "username": connection.settings_dict["USER"],
        "password": PASSWORD,
        "encryption": "disable",
    }
    create_credential(user=user, name="shop", type="postgresql", description="", values=values)


def test_a_step_of_a_run_asks_with_a_credential(
    user: User, door: int, make_run: RunMaker, make_host: HostMaker
) -> None:
    make_credential(user, door)
    config = {
        "credential": "shop",
        "query": "SELECT id, city FROM trial_order WHERE id <= :most ORDER BY id",
        "parameters": {"most": 2},
    }
    run = make_run(("ask", "SQLQueryNode", config))

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    shown = Api(user).get(f"runs/{run.pk}/nodes/ask/").json()
    assert shown["outputs"]["result"] == [{"id": 1, "city": "Oslo"}, {"id": 2, "city": "Bergen"}]
    assert shown["outputs"]["summary"]["rows"] == 2


def test_records_of_a_run_go_into_a_dataset(
    user: User, door: int, make_run: RunMaker, make_host: HostMaker
) -> None:
    make_credential(user, door)
    config = {
        "credential": "shop",
        "query": "SELECT id, city FROM trial_order ORDER BY id",
        "save_to": {"dataset": "orders", "format": "csv"},
    }
    run = make_run(("save", "SQLQueryNode", config))

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    dataset = Dataset.objects.get(tenant=user.tenant, name="orders")
    assert (dataset.rows, dataset.format) == (5000, "csv")


def test_files_of_the_server_belong_to_their_workspace(
    tenant: Tenant, user: User, settings: Any, tmp_path: Path, make_run: RunMaker, make_host: HostMaker
) -> None:
    for folder in (tenant.slug, "another"):
        (tmp_path / folder).mkdir()
        with sqlite3.connect(tmp_path / folder / f"of-{folder}.sqlite") as database:
            database.execute("CREATE TABLE t (a)")
        database.close()
    settings.SQLITE_DIR = str(tmp_path)
    query = {"database": "sqlite", "query": "SELECT count(*) AS n FROM t"}
    own = make_run(("ask", "SQLQueryNode", {**query, "file": f"of-{tenant.slug}"}))
    foreign = make_run(("ask", "SQLQueryNode", {**query, "file": "of-another"}))

    make_host(services=ProcessServices)

    wait_for_status(own, RunStatus.SUCCEEDED)
    wait_for_status(foreign, RunStatus.FAILED)
    assert foreign.error["code"] == "unknown_database"
