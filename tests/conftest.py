"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.emptying import empty_quickly

pytest_plugins = ["tests.secret_stores.fixtures"]

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


@pytest.fixture(scope="session", autouse=True)
def views_are_written_on_demand() -> Iterator[None]:
    """What a test reads is counted when a test says so: no thread writes into the next one's database."""
    from runtime.services import data_views

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data_views, "writes_by_itself", False)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        empty_quickly(patch)
        yield
