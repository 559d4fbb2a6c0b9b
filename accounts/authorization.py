"""The only place where the server decides who may do what.

Views, consumers, tasks and services ask `authorize` (which raises) or `is_allowed` (which answers);
lists go through `visible`. The rules are in `accounts.access`; this module brings the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.access import OWN_ACTIONS, Decision, Reason, Resource, decide
from accounts.models import User
from accounts.subjects import facts_of

__all__ = [
    "AccessDenied",
    "Hidden",
    "IsResource",
    "NotSignedIn",
    "Resource",
    "Subject",
    "allowed_actions",
    "authorize",
    "is_allowed",
    "subject_of",
    "visible",
]

Subject = User
_M = TypeVar("_M", bound=Model)


class AccessDenied(Exception):
    """The subject may not do this: answered 403 with `reason`."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.reason)
        self.decision = decision
        self.reason = decision.reason


class Hidden(AccessDenied):
    """The subject may not even know of it: answered 404, as if it were not there."""


class NotSignedIn(Exception):
    """Nobody is signed in: answered 401."""


@runtime_checkable
class IsResource(Protocol):
    def as_resource(self) -> Resource: ...


def authorize(
    subject: User | AnonymousUser, action: str, resource: Resource | IsResource | None = None
) -> Decision:
    """The decision that allows. Raises `NotSignedIn`, `Hidden` or `AccessDenied` otherwise."""
    decision = _decide(subject, action, resource)
    if decision is None:
        raise NotSignedIn
    if decision.allowed:
        return decision
    raise Hidden(decision) if decision.hidden else AccessDenied(decision)


def is_allowed(
    subject: User | AnonymousUser, action: str, resource: Resource | IsResource | None = None
) -> bool:
    decision = _decide(subject, action, resource)
    return decision is not None and decision.allowed


def allowed_actions(
    subject: User | AnonymousUser, resource: Resource | IsResource | None, actions: Iterable[str]
) -> list[str]:
    """Those of the actions that the subject may do, in the order given."""
    return [action for action in actions if is_allowed(subject, action, resource)]


def visible(queryset: QuerySet[_M], subject: User | AnonymousUser, action: str) -> QuerySet[_M]:
    """The rows of the subject's tenant on which the action is allowed.

    The model says where its tenant is by `tenant_path` (default `tenant`), and for a person's own
    things where the owner is by `owner_path`. Raises as `authorize` does, and `AccessDenied` for a
    subject without a tenant: a list is never quietly unfiltered, nor quietly empty.
    """
    authorize(subject, action)
    user = cast(User, subject)
    if user.tenant_id is None:
        raise AccessDenied(_no_tenant(action))
    rows = queryset.filter(**{getattr(queryset.model, "tenant_path", "tenant"): user.tenant_id})
    if action not in OWN_ACTIONS:
        return rows
    return rows.filter(**{_owner_path(queryset.model): user.pk})


def subject_of(source: User | HttpRequest | Mapping[str, Any]) -> User:
    """The signed-in user of a request (Django's or DRF's) or of a socket's scope. Raises `NotSignedIn`."""
    user = source if isinstance(source, User) else _user_in(source)
    if not isinstance(user, User):
        raise NotSignedIn
    return user


def _user_in(source: HttpRequest | Mapping[str, Any]) -> object:
    return source.get("user") if isinstance(source, Mapping) else getattr(source, "user", None)


def _decide(
    subject: User | AnonymousUser, action: str, resource: Resource | IsResource | None
) -> Decision | None:
    facts = facts_of(subject)
    if facts is None:
        return None
    return decide(facts, action, _resource(resource))


def _resource(resource: Resource | IsResource | None) -> Resource | None:
    if resource is None or isinstance(resource, Resource):
        return resource
    if isinstance(resource, IsResource):
        return resource.as_resource()
    raise TypeError(f"{type(resource).__name__} is not a resource: it has no as_resource().")


def _owner_path(model: type[Model]) -> str:
    path = getattr(model, "owner_path", None)
    if not isinstance(path, str):
        raise TypeError(f"{model.__name__} has no owner_path, so nobody's own rows can be listed.")
    return path


def _no_tenant(action: str) -> Decision:
    return Decision(False, action, Reason.NO_TENANT, "This account belongs to no workspace.")
