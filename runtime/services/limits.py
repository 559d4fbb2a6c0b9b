"""The operator's limits on runtime parameters, as the server reads them at its start."""

from __future__ import annotations

from django.conf import settings

from runtime.engine.caps import Caps


def server_caps() -> Caps:
    """From `RUNTIME_LIMITS`; nothing is limited without it."""
    return Caps.from_mapping(settings.RUNTIME_LIMITS)
