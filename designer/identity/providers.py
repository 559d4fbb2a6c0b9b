"""A workspace's providers of identities: kept, changed, deleted; their secrets sealed as credentials are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.access import ACTIONS
from accounts.models import AttributeDefinition, AttributeOwner, IdentityProvider, Role, User
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.giving import may_give
from accounts.services.refusals import Conflict, Fault, Refused
from accounts.services.roles_given import given_with_parents
from designer.identity.asking import check_address
from designer.identity.mapping import MAX_RULES, AttributeRule, RoleRule, Rule, read_rules
from designer.identity.refusals import SignInRefused
from runtime.credentials.envelope import SealBroken, Sealed, WrappingKey, rewrap, seal, unseal
from runtime.credentials.master_keys import KeyProblem
from runtime.services.credential_keys import opening_keys, sealing_key
from runtime.services.credential_upkeep import is_outdated

MAX_PROVIDERS: Final = 20


@transaction.atomic
def create_provider(*, by: User, secret: str | None, rules: list[Rule], **fields: Any) -> IdentityProvider:
    """A new provider.

    Raises `Refused` for what is wrong or would give more than `by` may, `Conflict` for a key that is taken.
    """
    tenant_id = _tenant_of(by)
    lock_access(tenant_id)
    if IdentityProvider.objects.filter(tenant=tenant_id).count() >= MAX_PROVIDERS:
        raise Refused.at("key", f"There are {MAX_PROVIDERS} providers already. Delete one first.", "too_many")
    row = IdentityProvider(tenant_id=tenant_id, mapping=_stored(rules), **fields)
    _check(row, rules, by)
    _keep_secret(row, secret)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("provider_taken", f"There is a provider “{row.key}” already.") from error
    record("identity_provider.create", row, by=by, after=_said(row))
    return row


@transaction.atomic
def change_provider(
    row: IdentityProvider,
    *,
    by: User,
    version: int,
    rules: list[Rule] | None,
    changes: Mapping[str, Any],
    secret: str | None = None,
) -> IdentityProvider:
    """Changes what is given; a secret is replaced, and stays where none is given.

    Raises as `create_provider`, and `Conflict` (`provider_changed`) when somebody else was faster.
    """
    lock_access(row.tenant_id)
    row = IdentityProvider.objects.select_for_update().get(pk=row.pk)
    if row.version != version:
        raise Conflict("provider_changed", "Somebody changed this provider meanwhile. Look at it again.")
    before, party = _said(row), (row.issuer, row.client_id)
    for name, value in changes.items():
        setattr(row, name, value)
    if party != (row.issuer, row.client_id):
        # The same subject is somebody else there: who named another provider must not become its people.
        row.links.all().delete()
    if rules is not None:
        row.mapping = _stored(rules)
    _check(row, read_rules(row.mapping) if rules is None else rules, by)
    if secret is not None:
        _keep_secret(row, secret or None)
    row.version += 1
    row.save()
    after = _said(row) if secret is None else {**_said(row), "client_secret": "replaced"}
    record("identity_provider.change", row, by=by, before=before, after=after)
    return row


@transaction.atomic
def delete_provider(row: IdentityProvider, *, by: User) -> None:
    """Nobody signs in by it any more. Its people stay, with what its mapping gave them last."""
    lock_access(row.tenant_id)
    record("identity_provider.delete", row, by=by, before=_said(row))
    row.delete()


def secret_of(row: IdentityProvider) -> str | None:
    """The client's secret. Raises `SignInRefused` when it does not open."""
    sealed = _sealed(row)
    if sealed is None:
        return None
    try:
        return unseal(sealed, keys=opening_keys(), place=place_of(row)).decode()
    except (KeyError, KeyProblem, SealBroken) as error:
        text = "This server cannot open the provider's secret. Tell an administrator of your workspace."
        raise SignInRefused(
            "secret_sealed", text, f"the secret of provider {row.pk} does not open"
        ) from error


def rewrap_secrets() -> int:
    """Seals all secrets with the key in force; how many changed. What does not open stays as it is."""
    key, keys = sealing_key(), opening_keys()
    newest = key.generation()
    rows = [(row, _sealed(row)) for row in IdentityProvider.objects.exclude(secret_key_id="")]
    return sum(
        _rewrap(row, sealed, keys, key)
        for row, sealed in rows
        if sealed and is_outdated(sealed, key.id, newest)
    )


def place_of(row: IdentityProvider) -> str:
    """What a sealed secret is bound to."""
    return f"{row.tenant_id}|identity provider|{row.pk}"


def _rewrap(row: IdentityProvider, sealed: Sealed, keys: Mapping[str, WrappingKey], key: WrappingKey) -> int:
    try:
        made = rewrap(sealed, keys=keys, key=key, place=place_of(row))
    except (KeyError, SealBroken):
        return 0
    same = IdentityProvider.objects.filter(pk=row.pk, secret_key_id=row.secret_key_id)
    return same.update(
        secret_wrapped_key=made.wrapped_key, secret_key_id=made.master_key_id, version=F("version")
    )


def _sealed(row: IdentityProvider) -> Sealed | None:
    if row.secret_ciphertext is None or row.secret_wrapped_key is None:
        return None
    return Sealed(bytes(row.secret_ciphertext), bytes(row.secret_wrapped_key), row.secret_key_id)


def _keep_secret(row: IdentityProvider, secret: str | None) -> None:
    if secret is None:
        row.secret_ciphertext, row.secret_wrapped_key, row.secret_key_id = None, None, ""
        return
    try:
        sealed = seal(secret.encode(), key=sealing_key(), place=place_of(row))
    except KeyProblem as problem:
        raise Refused.at("client_secret", str(problem), "no_key") from problem
    row.secret_ciphertext, row.secret_wrapped_key = sealed.ciphertext, sealed.wrapped_key
    row.secret_key_id = sealed.master_key_id


def _check(row: IdentityProvider, rules: list[Rule], by: User) -> None:
    try:
        check_address(row.issuer)
    except SignInRefused as refused:
        text = "An issuer is an https address without a fragment; http only on this machine."
        raise Refused.at("issuer", text, "bad_address") from refused
    if len(rules) > MAX_RULES:
        raise Refused.at("mapping", f"At most {MAX_RULES} rules.", "too_many")
    faults = [*_role_faults(row.tenant_id, rules, by), *_attribute_faults(row.tenant_id, rules)]
    lacking = [name for name in ACTIONS if not may_give(by, name)] if row.links_by_email else []
    if lacking:
        text = (
            "Who can be taken for anybody by their address may do everything: only such a person sets this."
        )
        faults.append(Fault("links_by_email", text, "beyond_yours"))
    if faults:
        raise Refused(faults)


def _role_faults(tenant_id: UUID, rules: Iterable[Rule], by: User) -> list[Fault]:
    """Nobody has others made, by a claim, into more than they are themselves."""
    roles = {role.key: role for role in Role.objects.filter(tenant=tenant_id)}
    faults = []
    for number, rule in enumerate(rules):
        if not isinstance(rule, RoleRule):
            continue
        if (rule.equals is None) == (rule.contains is None):
            faults.append(Fault(f"mapping.{number}", "Say either `equals` or `contains`.", "one_of"))
        role = roles.get(rule.role)
        if role is None:
            known = ", ".join(sorted(roles))
            faults.append(
                Fault(f"mapping.{number}.role", f"There is no such role. There are: {known}.", "unknown_role")
            )
        elif any(not may_give(by, name) for name in given_with_parents(role)):
            text = "You cannot have a role given that may more than you."
            faults.append(Fault(f"mapping.{number}.role", text, "beyond_yours"))
    return faults


def _attribute_faults(tenant_id: UUID, rules: Iterable[Rule]) -> list[Fault]:
    known = set(
        AttributeDefinition.objects.filter(tenant=tenant_id, applies_to=AttributeOwner.USER).values_list(
            "name", flat=True
        )
    )
    there_are = ", ".join(sorted(known)) or "none"
    return [
        Fault(
            f"mapping.{number}.attribute",
            f"People have no such attribute. Define it first; there are: {there_are}.",
            "unknown_attribute",
        )
        for number, rule in enumerate(rules)
        if isinstance(rule, AttributeRule) and rule.attribute not in known
    ]


def _stored(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    return [rule.model_dump(exclude_none=True) for rule in rules]


def _said(row: IdentityProvider) -> dict[str, Any]:
    names = ("key", "label", "issuer", "client_id", "scopes", "mapping")
    switches = ("creates_people", "links_by_email", "enabled")
    return {name: getattr(row, name) for name in (*names, *switches)}


def _tenant_of(user: User) -> UUID:
    assert user.tenant_id is not None  # noqa: S101  (who manages people has a workspace)
    return user.tenant_id
