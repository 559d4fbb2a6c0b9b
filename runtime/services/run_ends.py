"""What follows from the end of a run: arranged once for each, in the transaction that notes it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from runtime.host.fault_points import reach
from runtime.models import TERMINAL, Run
from runtime.services.approvals import cancel_approvals
from runtime.services.children import cancel_children
from runtime.services.notices import tell_of_end
from runtime.services.run_tally import tally
from runtime.services.signals import signal_run
from runtime.services.triggers.following import follow

log = logging.getLogger(__name__)

BATCH = 50
# A handler that fails is tried again for so long after the run's end; then the run is let go.
GIVE_UP_AFTER = timedelta(minutes=5)

Handler = Callable[[Run], None]
"""Is given a run that has ended, once. It only writes to the database, and may be repeated after a crash."""


def signal_parent(run: Run) -> None:
    """The step of the parent that waits for this run looks at how it ended."""
    if run.parent_run_id is not None:
        signal_run(run.parent_run_id)


HANDLERS: tuple[Handler, ...] = (
    signal_parent,
    cancel_approvals,
    cancel_children,
    follow,
    tell_of_end,
    tally,
)


def follow_up() -> int:
    """Arranges what follows for all runs that have ended meanwhile; how many. A job of upkeep."""
    done = 0
    failed: set[UUID] = set()
    while True:
        reach("follow_up.before")
        with transaction.atomic():
            runs = list(_ended().exclude(pk__in=failed)[:BATCH])
            # Parents are locked in one order, whoever signals them.
            arranged = [run.pk for run in sorted(runs, key=_parent) if _follow(run)]
            Run.objects.filter(pk__in=arranged).update(followed_up=True)
        if arranged:
            reach("follow_up.after")
        failed |= {run.pk for run in runs} - set(arranged)
        done += len(arranged)
        if len(runs) < BATCH:
            return done


def _parent(run: Run) -> str:
    return str(run.parent_run_id or "")


def _ended() -> QuerySet[Run]:
    return (
        Run.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(status__in=sorted(TERMINAL), followed_up=False)
        .select_related("workflow", "version")
        .defer("version__graph")
        .order_by("finished_at")
    )


def _follow(run: Run) -> bool:
    """Whether the run is done with. The database's own troubles go up: the whole batch comes again."""
    try:
        with transaction.atomic():
            for handler in HANDLERS:
                handler(run)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("what follows from run %s failed", run.pk)
        return run.finished_at is None or timezone.now() - run.finished_at > GIVE_UP_AFTER
    return True
