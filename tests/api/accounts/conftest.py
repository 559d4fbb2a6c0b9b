from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.cache import caches

from accounts.models import Tenant, User
from tests.people import make_tenant, make_user


@pytest.fixture(autouse=True)
def fresh_rate_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted in the cache, which outlives a test and is shared with other workers: count apart."""
    monkeypatch.setattr(caches["default"], "version", uuid4().hex)


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def editor(tenant: Tenant) -> User:
    return make_user(tenant, "editor")
