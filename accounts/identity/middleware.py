"""Around each request of a browser: when its session was last used."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.identity.sessions import note_seen


class SeenMiddleware:
    """Notes the use of a session that was read for the answer; one that nobody read is not loaded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.session.accessed:
            note_seen(request)
        return response
