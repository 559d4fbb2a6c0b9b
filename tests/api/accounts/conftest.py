from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from accounts.models import Tenant, User
from tests.people import make_tenant, make_user


@pytest.fixture(autouse=True)
def fresh_rate_limits() -> Iterator[None]:
    """Tries are counted in the shared cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def editor(tenant: Tenant) -> User:
    return make_user(tenant, "editor")
