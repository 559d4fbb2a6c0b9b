"""Every address that the server answers, for tests that walk them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from accounts.api.authorized import handler_name

ADMIN = "django-admin/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    address: str
    view: Callable[..., Any]

    @property
    def view_class(self) -> type[APIView] | None:
        """The REST view behind the address; None for a plain one."""
        found = getattr(self.view, "cls", None)
        return found if isinstance(found, type) and issubclass(found, APIView) else None

    def handlers(self) -> Iterator[tuple[str, str]]:
        """(method, key of `actions`) of each thing that a REST view answers."""
        assert self.view_class is not None
        view = self.view_class()
        view.action_map = getattr(self.view, "actions", None)  # type: ignore[attr-defined]
        for method in METHODS:
            handler = handler_name(view, method)
            if handler is not None:
                yield method, handler


def walk(patterns: list[Any], prefix: str = "") -> Iterator[Route]:
    for pattern in patterns:
        address = prefix + plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield Route(address, pattern.callback)


def plain(pattern: str) -> str:
    """`^runs/(?P<id>...)/$` as `runs/<id>/`."""
    named = re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern)
    return named.replace("^", "").replace("$", "")


def all_routes() -> list[Route]:
    return list(walk(get_resolver().url_patterns))


def our_routes() -> list[Route]:
    """Without Django's admin, which is for superusers alone."""
    return [route for route in all_routes() if not route.address.startswith(ADMIN)]
