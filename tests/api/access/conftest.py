from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant, User
from tests.contract import Api
from tests.people import make_user


@pytest.fixture
def admin(tenant: Tenant) -> User:
    return make_user(tenant, "admin")


@pytest.fixture
def admin_api(admin: User) -> Api:
    return Api(admin)


@pytest.fixture
def below_secret() -> dict[str, Any]:
    """Whoever is not surely cleared for what is secret."""
    return {"attribute_path": "user.clearance", "operator": "security_level_below", "value": "secret"}
