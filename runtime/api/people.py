"""People, as bodies name them."""

from __future__ import annotations

from accounts.models import User
from runtime.api.body import Person


def person_body(user: User | None) -> Person | None:
    """Null for nobody: a system run, or somebody whose account is gone."""
    return None if user is None else Person(id=user.pk, name=user.name, email=user.email)
