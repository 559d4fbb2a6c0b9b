"""Who somebody is here, whom a provider vouches for, and what follows for them from its claims."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AttributeDefinition, AttributeOwner, IdentityLink, IdentityProvider, Role, User
from accounts.models.users import normal_email
from accounts.services import create_user, set_attributes, set_roles
from accounts.services.attributes import levels_of, value_problem
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.lock_out import no_lock_out
from accounts.services.refusals import LockOut
from designer.identity.mapping import Followed, follow, read_rules
from designer.identity.refusals import SignInRefused

log = logging.getLogger(__name__)


def arrive(provider: IdentityProvider, claims: Mapping[str, Any]) -> User:
    """The person of these claims, with roles and attributes as the mapping says now.

    Whole or not at all. Raises `SignInRefused` for somebody unknown, inactive or of another workspace.
    """
    try:
        with transaction.atomic():
            lock_access(provider.tenant_id)
            user = _known(provider, claims) or _first_time(provider, claims)
            if user.tenant_id != provider.tenant_id or not user.is_active:
                raise _refused("inactive", "Your account is not active. An administrator can activate it.")
            with no_lock_out(provider.tenant_id):
                _follow(provider, user, claims)
            return user
    except LockOut as error:
        text = (
            "By what the provider says of you nobody could change policies any more, so nothing was changed."
        )
        raise _refused("lock_out", f"{text} Tell an administrator.") from error


def _known(provider: IdentityProvider, claims: Mapping[str, Any]) -> User | None:
    link = (
        IdentityLink.objects.select_related("user").filter(provider=provider, subject=claims["sub"]).first()
    )
    if link is None:
        return None
    IdentityLink.objects.filter(pk=link.pk).update(used_at=timezone.now())
    return link.user


def _first_time(provider: IdentityProvider, claims: Mapping[str, Any]) -> User:
    email = _email_in(claims)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = _create(provider, email, claims)
    elif not _may_link(provider, user, claims):
        raise _not_joined()
    try:
        with transaction.atomic():
            IdentityLink.objects.create(
                provider=provider, subject=claims["sub"], user=user, used_at=timezone.now()
            )
    except IntegrityError as error:
        text = "Somebody else of this provider signs in as this person already. Ask an administrator."
        raise _refused("already_joined", text) from error
    record("user.identity_link", user, after={"provider": provider.key}, reason=_reason(provider))
    return user


def _create(provider: IdentityProvider, email: str, claims: Mapping[str, Any]) -> User:
    if not provider.creates_people:
        raise _not_joined()
    name = claims.get("name")
    shown = name.strip()[:120] if isinstance(name, str) and name.strip() else email.partition("@")[0]
    return create_user(provider.tenant, email, name=shown)


def _may_link(provider: IdentityProvider, user: User, claims: Mapping[str, Any]) -> bool:
    """By the address alone somebody is taken for a person only where that was allowed, and it is verified."""
    return (
        provider.links_by_email
        and claims.get("email_verified") is True
        and user.tenant_id == provider.tenant_id
    )


def _email_in(claims: Mapping[str, Any]) -> str:
    email = claims.get("email")
    try:
        if not isinstance(email, str) or len(email) > 254:
            raise ValidationError("no address")
        validate_email(email.strip())
    except ValidationError as error:
        text = "The provider does not tell your e-mail address, which an account here needs."
        raise _refused("no_email", f"{text} Tell an administrator.") from error
    return normal_email(email)


def _follow(provider: IdentityProvider, user: User, claims: Mapping[str, Any]) -> None:
    found, reason = follow(claims, read_rules(provider.mapping)), _reason(provider)
    roles = set(Role.objects.filter(user=user, tenant=provider.tenant_id).values_list("key", flat=True))
    there = set(Role.objects.filter(tenant=provider.tenant_id).values_list("key", flat=True))
    wanted = ((roles - found.owned_roles) | found.roles) & there
    if wanted != roles:
        set_roles(user, wanted, reason=reason)
    kept = {name: value for name, value in user.attributes.items() if name not in found.owned_attributes}
    attributes = {**kept, **_fitting(provider, found)}
    if attributes != user.attributes:
        set_attributes(user, attributes, reason=reason)


def _fitting(provider: IdentityProvider, found: Followed) -> dict[str, Any]:
    """Values that are of the attribute's type. Another counts as none: what is missing allows nothing."""
    rows = AttributeDefinition.objects.filter(tenant=provider.tenant_id, applies_to=AttributeOwner.USER)
    definitions, levels = {row.name: row for row in rows}, levels_of(provider.tenant_id)
    fitting = {}
    for name, value in found.attributes.items():
        definition = definitions.get(name)
        if definition is not None and value_problem(definition, value, levels) is None:
            fitting[name] = value
        else:
            log.warning("provider %s: the claim for the attribute %s does not fit it", provider.pk, name)
    return fitting


def _reason(provider: IdentityProvider) -> str:
    return f"Follows from what {provider.label} says"


def _not_joined() -> SignInRefused:
    """Nobody has the address, or somebody: a provider shall not find out by this."""
    text = "No account of this workspace is joined to this sign-in."
    return _refused("not_joined", f"{text} Sign in by password, or ask an administrator.")


def _refused(code: str, message: str) -> SignInRefused:
    return SignInRefused(code, message)
