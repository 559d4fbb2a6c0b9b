"""From a Django user to the plain `Subject` that decisions are made about."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, Permission

from accounts.access import Subject
from accounts.models import Role, User

_CACHE = "_access_subject"


def facts_of(user: User | AnonymousUser) -> Subject | None:
    """The subject, or None for nobody. Read once per user object, so once per request.

    Roles count only in the user's own tenant. A token's scopes narrow the subject; an expired
    token leaves an inactive one.
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
    return Subject(
        id=user.pk,
        tenant_id=user.tenant_id,
        is_active=user.is_active,
        roles=_role_keys(user),
        permissions=_permission_names(user),
        scopes=None if user.token is None else frozenset(user.token.scopes),
        attributes=user.attributes,
    )


def _role_keys(user: User) -> frozenset[str]:
    if user.tenant_id is None:
        return frozenset()
    return frozenset(Role.objects.filter(user=user, tenant=user.tenant_id).values_list("key", flat=True))


def _permission_names(user: User) -> frozenset[str]:
    if user.tenant_id is None:
        return frozenset()
    names = Permission.objects.filter(
        group__user=user,
        group__role__tenant=user.tenant_id,
        content_type__app_label="accounts",
        content_type__model="action",
    ).values_list("codename", flat=True)
    return frozenset(names)
