"""Which consumer answers which websocket address."""

from __future__ import annotations

from typing import Any


def routes() -> list[Any]:
    from django.urls import path, re_path

    from accounts.sockets import nothing_here
    from runtime.consumers import RunConsumer

    return [path("ws/runs/<uuid:run_id>/", RunConsumer.as_asgi()), re_path(r"", nothing_here)]


def middleware(inner: Any) -> Any:
    """Puts the subject of the connection (session cookie or bearer token) into its scope."""
    from accounts.sockets import SubjectMiddleware

    return SubjectMiddleware(inner)
