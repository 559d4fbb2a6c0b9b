"""Guesses of codes and passwords are counted for each person, over all of their sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.core import ratelimit
from rest_framework import exceptions
from rest_framework.request import Request

from accounts.authorization import subject_of


@contextmanager
def limit_guesses(request: Request) -> Iterator[None]:
    """Raises `Throttled` after too many wrong ones; a right one clears the count."""
    key = f"proof-{subject_of(request).pk}"
    if not ratelimit.consume(request._request, action="login_failed", key=key):
        raise exceptions.Throttled(wait=300, detail="Too many wrong codes. Wait five minutes.")
    yield
    ratelimit.clear(request._request, action="login_failed", key=key)
