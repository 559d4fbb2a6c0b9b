"""From a Django user to the plain `Subject` that decisions are made about."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser

from accounts.access import ACTIONS, Subject
from accounts.models import Role, User

_CACHE = "_access_subject"
# For a statement that reads a user as `u` anyway: the keys of the roles, and the names of what they give.
ROLES_AND_PERMISSIONS = """
ARRAY(SELECT r.key FROM accounts_role r JOIN accounts_user_groups g ON g.group_id = r.group_ptr_id
      WHERE g.user_id = u.id AND r.tenant_id = u.tenant_id),
ARRAY(SELECT DISTINCT p.codename FROM accounts_role r
      JOIN accounts_user_groups g ON g.group_id = r.group_ptr_id
      JOIN auth_group_permissions given ON given.group_id = r.group_ptr_id
      JOIN auth_permission p ON p.id = given.permission_id
      WHERE g.user_id = u.id AND r.tenant_id = u.tenant_id)
"""


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


def remember_facts(user: User, roles: Iterable[str], permissions: Iterable[str]) -> None:
    """Decisions about this object need no query: this is what `ROLES_AND_PERMISSIONS` gave just now."""
    known = frozenset(name for name in permissions if name in ACTIONS)
    user.__dict__[_CACHE] = _subject(user, frozenset(roles), known)


def forget_facts(user: User) -> None:
    """The next decision about this object reads its roles again."""
    user.__dict__.pop(_CACHE, None)


def _load(user: User) -> Subject:
    return _subject(user, *_roles_and_permissions(user))


def _subject(user: User, roles: frozenset[str], permissions: frozenset[str]) -> Subject:
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
