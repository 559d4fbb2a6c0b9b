"""Counts about people and how they come in."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import ApiToken, Tenant, User
from runtime.queries.evidence.scope import Collectors, Scope, share
from runtime.reports.evidence import Fact

DORMANT = timedelta(days=90)
LONGEST = timedelta(days=366)


def _privileged_factor(scope: Scope) -> Fact:
    privileged = _people(scope).filter(pk__in=_people(scope, groups__role__key__in=["owner", "admin"]))
    return _without_factor(privileged)


def _people_factor(scope: Scope) -> Fact:
    return _without_factor(_people(scope))


def _without_factor(people: QuerySet[User]) -> Fact:
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    factors = factors.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return share(people, people.filter(~Exists(factors)), names=("people", "without"), kind="user")


def _active(scope: Scope) -> Fact:
    people, before = _people(scope), scope.now - DORMANT
    used = ApiToken.objects.filter(user=OuterRef("pk"), last_used_at__gte=before)
    dormant = people.filter(
        Q(last_login=None) | Q(last_login__lt=before), ~Exists(used), date_joined__lt=before
    )
    return share(people, dormant, names=("people", "dormant"), kind="user")


def _locked_out(scope: Scope) -> Fact:
    leavers = User.objects.filter(tenant=scope.tenant_id, is_active=False)
    tokens = ApiToken.objects.filter(user=OuterRef("pk"), expires_at__gt=scope.now)
    return share(leavers, leavers.filter(Exists(tokens)), names=("leavers", "with_tokens"), kind="user")


def _tokens_end(scope: Scope) -> Fact:
    tokens = _tokens(scope)
    long = tokens.filter(expires_at__gt=F("created_at") + LONGEST)
    return share(tokens, long, names=("tokens", "long"), kind="token")


def _tokens_used(scope: Scope) -> Fact:
    tokens, before = _tokens(scope), scope.now - DORMANT
    unused = tokens.filter(Q(last_used_at=None) | Q(last_used_at__lt=before), created_at__lt=before)
    return share(tokens, unused, names=("tokens", "unused"), kind="token")


def _step_up(scope: Scope) -> Fact:
    return Fact({"asked": int(Tenant.objects.filter(pk=scope.tenant_id, step_up=True).exists())})


def _people(scope: Scope, **which: object) -> QuerySet[User]:
    return User.objects.filter(tenant=scope.tenant_id, is_active=True, **which)


def _tokens(scope: Scope) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(tenant=scope.tenant_id, expires_at__gt=scope.now, user__is_active=True)


FACTS: Collectors = {
    "privileged_factor": _privileged_factor,
    "people_factor": _people_factor,
    "people_active": _active,
    "leavers_locked_out": _locked_out,
    "tokens_end": _tokens_end,
    "tokens_used": _tokens_used,
    "step_up": _step_up,
}
