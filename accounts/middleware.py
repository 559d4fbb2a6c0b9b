"""Response headers of every answer: a strict content security policy with a nonce, and what goes with it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'nonce-{nonce}'",
        # Style attributes that scripts set through the DOM need no exception; style elements carry the nonce.
        "style-src 'self' 'nonce-{nonce}'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"

_FIXED = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class SecurityHeadersMiddleware:
    """Gives each request a `csp_nonce` for its template, and each response its headers."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._answer(request)
        nonce = _give_nonce(request)
        response: HttpResponseBase = self.get_response(request)
        return with_headers(response, nonce)

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        nonce = _give_nonce(request)
        response: HttpResponseBase = await self.get_response(request)
        return with_headers(response, nonce)


def with_headers(response: HttpResponseBase, nonce: str) -> HttpResponseBase:
    """The response with the headers that it does not set itself."""
    is_page = response.get("Content-Type", "").startswith("text/html")
    headers = {
        **_FIXED,
        "Content-Security-Policy": _PAGE_POLICY.format(nonce=nonce) if is_page else _DATA_POLICY,
        "Cache-Control": "no-store, private",
    }
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response


def data_headers() -> dict[str, str]:
    """The headers of an answer without a page, for what answers beside Django's middleware."""
    return {
        **_FIXED,
        "Content-Security-Policy": _DATA_POLICY,
        "Cache-Control": "no-store, private",
        "X-Content-Type-Options": "nosniff",
    }


def _give_nonce(request: HttpRequest) -> str:
    nonce = secrets.token_urlsafe(18)
    request.csp_nonce = nonce  # type: ignore[attr-defined]
    return nonce
