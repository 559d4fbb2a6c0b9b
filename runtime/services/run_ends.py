"""What follows from the end of a run: arranged once for each, in the transaction that notes it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from itertools import compress
from typing import NamedTuple
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from runtime.host.fault_points import reach
from runtime.models import Run
from runtime.services.approvals import cancel_approvals
from runtime.services.children import cancel_children
from runtime.services.notices import tell_of_end
from runtime.services.run_tally import EndedRun, tally
from runtime.services.signals import signal_run
from runtime.services.triggers.following import follow

log = logging.getLogger(__name__)

BATCH = 200
# A handler that fails is tried again for so long after the run's end; then the run is let go.
GIVE_UP_AFTER = timedelta(minutes=5)


class Handler(NamedTuple):
    """`handle` is given a run that has ended, once. It only writes to the database, and may be repeated.

    `concerns` is a condition of SQL on the run `r`. Most runs concern nobody: of those no more is read.
    """

    concerns: str
    handle: Callable[[Run], None]


def signal_parent(run: Run) -> None:
    """The step of the parent that waits for this run looks at how it ended."""
    if run.parent_run_id is not None:
        signal_run(run.parent_run_id)


HANDLERS: tuple[Handler, ...] = (
    Handler("r.parent_run_id IS NOT NULL", signal_parent),
    Handler("EXISTS (SELECT FROM approval a WHERE a.run_id = r.id)", cancel_approvals),
    Handler("EXISTS (SELECT FROM run c WHERE c.parent_run_id = r.id)", cancel_children),
    Handler("EXISTS (SELECT FROM workflow_trigger t WHERE t.source_id = r.workflow_id)", follow),
    Handler("EXISTS (SELECT FROM workflow_notice n WHERE n.workflow_id = r.workflow_id)", tell_of_end),
)
# The conditions are asked of the rows that were taken alone: so each is a look at an index for each.
_ENDED = """
WITH r AS MATERIALIZED (
    SELECT id, status, trigger, created_at, finished_at, workflow_id, parent_run_id FROM run
    WHERE status IN ('cancelled', 'failed', 'succeeded') AND NOT followed_up AND id <> ALL(%s)
    ORDER BY finished_at LIMIT %s FOR UPDATE SKIP LOCKED
)
SELECT id, trigger, status, created_at, finished_at, {concerns} FROM r ORDER BY finished_at
"""
_MARK = """
WITH marked AS (
    UPDATE run SET followed_up = true WHERE id = ANY(%s)
    RETURNING id, tenant_id, workflow_id, number, finished_at
)
INSERT INTO lineage_run (run_id, tenant_id, workflow_id, run_number, at, state, attempts, sending)
SELECT id, tenant_id, workflow_id, number, finished_at, 'due', 0, '' FROM marked ON CONFLICT DO NOTHING
"""


class _Ended(NamedTuple):
    id: UUID
    ended: EndedRun
    handlers: Sequence[Handler]


def follow_up() -> int:
    """Arranges what follows for all runs that have ended meanwhile; how many. A job of upkeep."""
    done = 0
    failed: set[UUID] = set()
    while True:
        reach("follow_up.before")
        with transaction.atomic():
            found = _take(failed)
            arranged = _arrange(found)
            tally([each.ended for each in found if each.id in arranged])
            _mark(arranged)
        if arranged:
            reach("follow_up.after")
        failed |= {each.id for each in found} - arranged
        done += len(arranged)
        if len(found) < BATCH:
            return done


def _take(failed: Collection[UUID]) -> list[_Ended]:
    """Runs of which nobody else arranges what follows, locked, with the handlers that they concern."""
    handlers = HANDLERS
    concerns = ", ".join(handler.concerns for handler in handlers)
    with connection.cursor() as cursor:
        cursor.execute(_ENDED.format(concerns=concerns), [list(failed), BATCH])
        return [
            _Ended(row[0], EndedRun(*row[1:5]), list(compress(handlers, row[5:])))
            for row in cursor.fetchall()
        ]


def _arrange(found: Sequence[_Ended]) -> set[UUID]:
    """Those that are done with."""
    concerned = {each.id: each.handlers for each in found if each.handlers}
    arranged = {each.id for each in found} - concerned.keys()
    if concerned:
        runs = Run.objects.filter(pk__in=concerned).select_related("workflow", "version")
        # Parents are locked in one order, whoever signals them.
        for run in sorted(runs.defer("version__graph"), key=_parent):
            if _follow(run, concerned[run.pk]):
                arranged.add(run.pk)
    return arranged


def _parent(run: Run) -> str:
    return str(run.parent_run_id or "")


def _follow(run: Run, handlers: Sequence[Handler]) -> bool:
    """Whether the run is done with. The database's own troubles go up: the whole batch comes again."""
    try:
        with transaction.atomic():
            for handler in handlers:
                handler.handle(run)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("what follows from run %s failed", run.pk)
        return run.finished_at is None or timezone.now() - run.finished_at > GIVE_UP_AFTER
    return True


def _mark(arranged: Collection[UUID]) -> None:
    """They are done with; what they did to data is found out later."""
    if arranged:
        with connection.cursor() as cursor:
            cursor.execute(_MARK, [list(arranged)])
