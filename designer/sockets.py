"""Which consumer answers which websocket address."""

from __future__ import annotations

from typing import Any


def routes() -> list[Any]:
    from django.urls import path, re_path

    from accounts.sockets import nothing_here
    from runtime.consumers import RunConsumer

    # Django's `path` is typed for views; Channels routes applications through the same objects.
    run: Any = RunConsumer.as_asgi()
    nothing: Any = nothing_here
    return [path("ws/runs/<uuid:run_id>/", run), re_path(r"", nothing)]


def middleware(inner: Any) -> Any:
    """Puts the subject of the connection (session cookie or bearer token) into its scope."""
    from accounts.sockets import SubjectMiddleware

    return SubjectMiddleware(inner)
