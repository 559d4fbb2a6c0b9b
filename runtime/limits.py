"""Sizes that the operator sets, in bytes."""

from __future__ import annotations

from django.conf import settings


def max_body_bytes() -> int:
    """The largest JSON body that is read (`API_MAX_BODY_MB`, 10 by default)."""
    return int(getattr(settings, "API_MAX_BODY_MB", 10)) << 20


def max_dataset_bytes() -> int:
    """The largest dataset that is stored (`DATASET_MAX_MB`, 64 by default)."""
    return int(getattr(settings, "DATASET_MAX_MB", 64)) << 20


def max_run_bytes() -> int | None:
    """What one run may store (`RUN_MAX_STORED_MB`, 1024 by default); None: as much as there is room."""
    return _bytes_of(getattr(settings, "RUN_MAX_STORED_MB", 1024))


def max_workflow_bytes(own_mb: int | None) -> int | None:
    """What all runs of a workflow may store: its own limit, else `WORKFLOW_MAX_STORED_MB`; None: no limit."""
    return _bytes_of(getattr(settings, "WORKFLOW_MAX_STORED_MB", 0) if own_mb is None else own_mb)


def _bytes_of(megabytes: int) -> int | None:
    return megabytes << 20 if megabytes else None
