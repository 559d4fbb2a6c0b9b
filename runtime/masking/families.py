"""Runs whose data flows into each other: those that steps of a run started, and the run that started it."""

from __future__ import annotations

from runtime.masking.sensitive import TooMuchToRead
from runtime.models import Run

MAX_RUNS = 50
_NAMED = ("workflow", "version")


def family_of(run: Run) -> list[Run]:
    """The other runs of the family. Raises `TooMuchToRead` past 50 of them."""
    root = run
    known = {run.pk}
    while root.parent_run_id is not None and root.parent_run_id not in known:
        known.add(root.parent_run_id)
        root = Run.objects.select_related(*_NAMED).get(pk=root.parent_run_id)
    found = [root]
    waiting = [root.pk]
    while waiting:
        children = list(Run.objects.select_related(*_NAMED).filter(parent_run__in=waiting)[: MAX_RUNS + 1])
        found += children
        waiting = [child.pk for child in children]
        if len(found) > MAX_RUNS:
            raise TooMuchToRead
    return [member for member in found if member.pk != run.pk]
