"""The only place where the server decides who may do what.

Views, consumers, tasks and services ask `authorize` (which raises) or `is_allowed` (which answers);
lists go through `visible`. The rules are in `accounts.access`; this module brings the facts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from accounts.access import OWN_ACTIONS, Decision, Explanation, Reason, Resource, view_action
from accounts.acting import note_decision
from accounts.bounds import filter_of
from accounts.compiled import mask_set_of, policy_set_of
from accounts.environment import environment, note
from accounts.models import User
from accounts.resource_maps import map_of
from accounts.subjects import AccessFacts, access_facts

__all__ = [
    "AccessDenied",
    "Deactivated",
    "Hidden",
    "IsResource",
    "NotSignedIn",
    "Resource",
    "Subject",
    "allowed_actions",
    "authorize",
    "authorize_new",
    "authorize_somewhere",
    "decision_about",
    "environment",
    "explain_decision",
    "is_allowed",
    "mask_set_of",
    "may_somewhere",
    "policy_set_of",
    "subject_of",
    "visible",
]

Subject = User
_M = TypeVar("_M", bound=Model)


class AccessDenied(Exception):
    """The subject may not do this: answered 403 with `reason`."""

    def __init__(self, decision: Decision, resource: Resource | None = None) -> None:
        super().__init__(decision.reason)
        self.decision = decision
        self.reason = decision.reason
        self.resource = resource


class Hidden(AccessDenied):
    """The subject may not even know of it: answered 404, as if it were not there."""


class NotSignedIn(Exception):
    """Nobody is signed in: answered 401."""


class Deactivated(NotSignedIn):
    """Whose session or token it is was deactivated: answered 401 with the reason."""

    reason = "Your account was deactivated. An administrator of your workspace can activate it again."


@runtime_checkable
class IsResource(Protocol):
    def as_resource(self) -> Resource: ...


def authorize(
    subject: User | AnonymousUser, action: str, resource: Resource | IsResource | None = None
) -> Decision:
    """The decision that allows. Raises `NotSignedIn`, `Hidden` or `AccessDenied` otherwise."""
    facts = _facts(subject)
    about = _resource(resource)
    return _settled(subject, facts, facts.decide(action, about, environment()), about)


def authorize_new(subject: User | AnonymousUser, action: str, resource: Resource | IsResource) -> Decision:
    """As `authorize`, about something that is not made yet: there is nothing to hide."""
    facts = _facts(subject)
    about = _resource(resource)
    decision = facts.decide(action, about, environment())
    return _settled(subject, facts, decision, about, may_hide=False)


def authorize_somewhere(
    subject: User | AnonymousUser, action: str, asked_for: Resource | None = None
) -> Decision:
    """Raises as `authorize` unless there could be something on which the action is allowed.

    Whoever asks this decides about each thing afterwards. `asked_for` is told with a denial.
    """
    facts = _facts(subject)
    decision = facts.may_somewhere(action, environment())
    if not decision.allowed:
        _settled(subject, facts, decision, asked_for)
    return decision


def is_allowed(
    subject: User | AnonymousUser, action: str, resource: Resource | IsResource | None = None
) -> bool:
    decision = decision_about(subject, action, resource)
    return decision is not None and decision.allowed


def decision_about(
    subject: User | AnonymousUser, action: str, resource: Resource | IsResource | None = None
) -> Decision | None:
    """The decision, allowed or not, which nobody logs; None for nobody."""
    facts = access_facts(subject)
    return None if facts is None else facts.decide(action, _resource(resource), environment())


def may_somewhere(subject: User | AnonymousUser, action: str) -> bool:
    """Whether there could be something on which the action is allowed."""
    facts = access_facts(subject)
    return facts is not None and facts.may_somewhere(action, environment()).allowed


def explain_decision(
    subject: User | AnonymousUser, action: str, resource: Resource | IsResource | None = None
) -> Explanation:
    """How the decision comes about. Raises `NotSignedIn`."""
    return _facts(subject).explain(action, _resource(resource), environment())


def allowed_actions(
    subject: User | AnonymousUser, resource: Resource | IsResource | None, actions: Iterable[str]
) -> list[str]:
    """Those of the actions that the subject may do, in the order given; without a resource, somewhere."""
    facts = access_facts(subject)
    if facts is None:
        return []
    env, about = environment(), _resource(resource)
    if about is None:
        return [action for action in actions if facts.may_somewhere(action, env).allowed]
    return [action for action in actions if facts.decide(action, about, env).allowed]


def visible(queryset: QuerySet[_M], subject: User | AnonymousUser, action: str) -> QuerySet[_M]:
    """The rows of the subject's tenant on which the action is allowed: the same as asking about each.

    The model says where its tenant is by `tenant_path` (default `tenant`), for a person's own things where
    the owner is by `owner_path`, and otherwise what it is as a resource (`accounts.resource_maps`). Raises
    as `authorize` does for who may do it nowhere, and `AccessDenied` for a subject without a tenant.
    """
    authorize_somewhere(subject, action)
    user = cast(User, subject)
    if user.tenant_id is None:
        raise AccessDenied(_no_tenant(action))
    rows = queryset.filter(**{getattr(queryset.model, "tenant_path", "tenant"): user.tenant_id})
    if action in OWN_ACTIONS:
        return rows.filter(**{_owner_path(queryset.model): user.pk})
    return rows.filter(_where_allowed(_facts(user), queryset.model, action))


def subject_of(source: User | HttpRequest | Mapping[str, Any]) -> User:
    """The signed-in user of a request (Django's or DRF's) or of a socket's scope. Raises `NotSignedIn`."""
    user = source if isinstance(source, User) else _user_in(source)
    if not isinstance(user, User):
        raise NotSignedIn
    return user


def _user_in(source: HttpRequest | Mapping[str, Any]) -> object:
    return source.get("user") if isinstance(source, Mapping) else getattr(source, "user", None)


def _facts(subject: User | AnonymousUser) -> AccessFacts:
    facts = access_facts(subject)
    if facts is None:
        raise NotSignedIn
    return facts


def _settled(
    subject: User | AnonymousUser,
    facts: AccessFacts,
    decision: Decision,
    resource: Resource | None,
    *,
    may_hide: bool = True,
) -> Decision:
    """Notes the decision for the log, and raises when it denies."""
    user = cast(User, subject)
    # A sample of what is shown to nobody: no secret hangs on how random it is.
    is_told = not decision.allowed or decision.shadow or random.random() < facts.sample  # noqa: S311
    if is_told and not facts.is_imagined:
        note(user, decision, resource)
    if decision.allowed:
        note_decision(decision)
        return decision
    raise (Hidden if decision.hidden and may_hide else AccessDenied)(decision, resource)


def _where_allowed(facts: AccessFacts, model: type[Model], action: str) -> Q:
    """Also what the rows belong to has to be visible."""
    known, env = map_of(model), environment()
    where = filter_of(facts.listed(action, known.type, env), known.columns)
    if known.parent is None or known.parent_path is None:
        return where
    view = view_action(known.parent.type)
    # A token's scopes say what it may do, not what the thing that it does this to may belong to.
    listed = facts.listed(str(view), known.parent.type, env, scoped=False)
    above = filter_of(listed, known.parent_columns())
    return where & (above | Q(**{f"{known.parent_path}__isnull": True}))


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
