"""Sizes that the operator sets, in bytes."""

from __future__ import annotations

from django.conf import settings


def max_body_bytes() -> int:
    """The largest JSON body that is read (`API_MAX_BODY_MB`, 10 by default)."""
    return int(getattr(settings, "API_MAX_BODY_MB", 10)) << 20


def max_dataset_bytes() -> int:
    """The largest dataset that is stored (`DATASET_MAX_MB`, 64 by default)."""
    return int(getattr(settings, "DATASET_MAX_MB", 64)) << 20
