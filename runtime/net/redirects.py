"""Which request follows a redirect: decided as a value, from RFC 9110 §15.4 and caution.

Across origins only harmless headers travel on: a token may stand in any header that an author
wrote, not just in `Authorization`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from runtime.engine.errors import NodeError

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 10
_HARMLESS = frozenset({"accept", "accept-language", "user-agent", "cache-control"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Step:
    """One request on the wire."""

    method: str
    url: httpx2.URL
    headers: Mapping[str, str]
    body: bytes | None


def next_step(step: Step, status: int, location: str) -> Step:
    """The request that `location` asks for. Raises `NodeError` (`http_redirect`) when it must not be made."""
    try:
        url = step.url.join(location)
    except (httpx2.InvalidURL, ValueError) as error:
        raise _refused(f"{step.url.host} redirects to an invalid address") from error
    if url.userinfo:
        raise _refused(f"{step.url.host} redirects to an address with a user name in it")
    method, body = _method_and_body(step, status)
    if origin_of(url) == origin_of(step.url):
        headers = step.headers if body is not None else _without_content(step.headers)
        return Step(method, url, headers, body)
    if body is not None:
        raise _refused(f"{step.url.host} redirects a {method} with a body to another host ({url.host})")
    if step.url.scheme == "https" and url.scheme == "http":
        raise _refused(f"{step.url.host} redirects from https to http")
    harmless = {name: value for name, value in step.headers.items() if name.lower() in _HARMLESS}
    return Step(method, url, harmless, None)


def origin_of(url: httpx2.URL) -> tuple[str, str, int]:
    """Scheme, host and effective port."""
    port = url.port if url.port is not None else _DEFAULT_PORTS.get(url.scheme, 0)
    return url.scheme, url.host, port


def _method_and_body(step: Step, status: int) -> tuple[str, bytes | None]:
    if status == 303 and step.method != "HEAD":
        return "GET", None
    if status in (301, 302) and step.method == "POST":
        return "GET", None
    return step.method, step.body


def _without_content(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name: value for name, value in headers.items() if not name.lower().startswith("content-")}


def _refused(message: str) -> NodeError:
    return NodeError(f"{message}; the redirect was not followed", code="http_redirect")
