"""From a Django user to the plain `Subject` that decisions are made about."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from accounts.access import ACTIONS, Subject
from accounts.models import Role, User

_CACHE = "_access_subject"


def facts_of(user: User | AnonymousUser) -> Subject | None:
    """The subject, or None for nobody. Read once per user object, so once per request.

    Roles count only in the user's own tenant; a token's scopes narrow the subject.
    """
    if not isinstance(user, User):
        return None
    cached = user.__dict__.get(_CACHE)
    if isinstance(cached, Subject):
        return cached
    subject = _load(user)
    user.__dict__[_CACHE] = subject
    return subject


def forget_facts(user: User) -> None:
    """The next decision about this object reads its roles again."""
    user.__dict__.pop(_CACHE, None)


def _load(user: User) -> Subject:
    roles, permissions = _roles_and_permissions(user)
    return Subject(
        id=user.pk,
        tenant_id=user.tenant_id,
        is_active=user.is_active,
        roles=roles,
        permissions=permissions,
        scopes=None if user.token is None else frozenset(user.token.scopes),
        attributes=user.attributes,
    )


def _roles_and_permissions(user: User) -> tuple[frozenset[str], frozenset[str]]:
    """Keys of the roles and names of the actions that they give, in one query."""
    if user.tenant_id is None:
        return frozenset(), frozenset()
    rows = Role.objects.filter(user=user, tenant=user.tenant_id).values_list("key", "permissions__codename")
    pairs = list(rows)
    return frozenset(key for key, _ in pairs), frozenset(name for _, name in pairs if name in ACTIONS)
