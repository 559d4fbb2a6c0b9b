"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

# How long an example takes says something about the machine, not about what is tested.
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")

# What a shell puts into the background starts without Ctrl-C, and processes under test would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 as in the product, at a cost that does not slow down every user that a test makes."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "time_cost", 1)
        patch.setattr(Argon2PasswordHasher, "memory_cost", 64)
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The audit trail refuses to be emptied, which is how Django ends a test that commits."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("audit_entry", "audit_seal", "audit_sealed_entry", "audit_key"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_kept")
