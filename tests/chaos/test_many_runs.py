"""A thousand runs at once, ten thousand queued, and a worker that dies in the middle of it."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import User
from runtime.models import Run
from tests.chaos import effects
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import in_a_row, step
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, wait_until_ended

QUEUED, AT_ONCE = 10_000, 1_000


@pytest.mark.chaos
def test_ten_thousand_queued_runs_end_a_thousand_at_a_time(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    first = make_run(in_a_row([step("a", effect="pure", seconds=1.0), step("b", effect="pure")]))
    copy(first, QUEUED - 1)
    crew = [workers.start(settings={"RUN_SLOTS": AT_ONCE // 2, "RUN_LEASE_S": 10.0}) for _ in range(2)]
    until(lambda: driven() >= AT_ONCE * 0.9, "a thousand runs at once", timeout_s=30, said=crew[0].said)

    crew[0].kill()
    crew[0].expire()
    workers.start(settings={"RUN_SLOTS": AT_ONCE // 2, "RUN_LEASE_S": 10.0})
    wait_until_ended(timeout_s=240, every_s=0.5, said=crew[1].said)

    assert Run.objects.filter(status="succeeded", counts={"succeeded": 2}).count() == QUEUED
    assert not odd_runs()
    for run in Run.objects.order_by("id")[:: QUEUED // 40]:
        check_run(run, user)
    done = effects.read()
    known = set(map(str, Run.objects.values_list("pk", flat=True)))
    assert len({(effect.run_id, effect.path) for effect in done if effect.run_id in known}) == 2 * QUEUED


def copy(run: Run, times: int) -> None:
    """So many more queued runs like this one, in one statement each for rows and first events."""
    fields = [field.column for field in Run._meta.concrete_fields if field.column not in ("id", "number")]
    columns = ", ".join(fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO run (id, number, {columns}) SELECT gen_random_uuid(), number + place, {columns}"  # noqa: S608
            " FROM run, generate_series(1, %s) AS place WHERE id = %s",
            [times, run.pk],
        )
        cursor.execute(
            "INSERT INTO run_event (run_id, seq, at, type, node, attempt, data, payload)"
            " SELECT r.id, e.seq, e.at, e.type, e.node, e.attempt, e.data, e.payload"
            " FROM run r, run_event e WHERE e.run_id = %s AND r.id <> %s",
            [run.pk, run.pk],
        )


def driven() -> int:
    return Run.objects.filter(owner__isnull=False, status="running").count()


def odd_runs() -> list[object]:
    """Runs whose events are not dense, or that end a node twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM run r JOIN run_event e ON e.run_id = r.id GROUP BY r.id"
            " HAVING count(*) <> r.last_seq OR max(e.seq) <> r.last_seq"
            " OR count(*) FILTER (WHERE e.type = 'node.succeeded') <> 2"
        )
        return [row[0] for row in cursor.fetchall()]
