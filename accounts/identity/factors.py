"""A person's second factors: an authenticator app, passkeys, and codes for when both are lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from accounts.hints import hint_access_changed
from accounts.identity import totp
from accounts.identity.proofs import SECOND_FACTOR, note_proof
from accounts.identity.webauthn import complete_registration, complete_sign_in
from accounts.models import User
from accounts.services.audit import record
from accounts.services.refusals import Conflict, Refused

_BEGUN: Final = "identity.totp"
_TYPE = Authenticator.Type
MAX_PASSKEYS: Final = 20


@dataclass(frozen=True, slots=True)
class Passkey:
    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """`app_since` is None without an authenticator app; `codes_left` without recovery codes."""

    app_since: datetime | None
    app_used_at: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int | None

    @property
    def methods(self) -> list[str]:
        """The ways in which this person can give a second factor."""
        ways = {
            "totp": self.app_since is not None,
            "passkey": bool(self.passkeys),
            "recovery_code": bool(self.codes_left),
        }
        return [way for way, there in ways.items() if there]


def factors_of(user: User) -> Factors:
    """Everything but the secrets."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    app = next((row for row in rows if row.type == _TYPE.TOTP), None)
    codes = next((row for row in rows if row.type == _TYPE.RECOVERY_CODES), None)
    return Factors(
        app_since=None if app is None else app.created_at,
        app_used_at=None if app is None else app.last_used_at,
        passkeys=tuple(
            Passkey(row.pk, str(row.data.get("name", "")), row.created_at, row.last_used_at)
            for row in rows
            if row.type == _TYPE.WEBAUTHN
        ),
        codes_left=None if codes is None else _codes_left(codes),
    )


def has_second_factor(user: User) -> bool:
    """Recovery codes alone are none: they stand in for another."""
    return bool(Authenticator.objects.filter(user=user).exclude(type=_TYPE.RECOVERY_CODES).exists())


def begin_totp(request: HttpRequest) -> str:
    """A new key for an authenticator app, which this session keeps until a code of it is given."""
    secret: str = totp.generate_totp_secret()
    request.session[_BEGUN] = secret
    return secret


@transaction.atomic
def add_totp(request: HttpRequest, user: User, code: str) -> list[str] | None:
    """Sets up the app whose key this session keeps; recovery codes when they are the first ones.

    Raises `Refused` for a wrong code, `Conflict` without a key or with an app already.
    """
    _lock(user)
    secret = request.session.get(_BEGUN)
    if not isinstance(secret, str):
        raise Conflict("not_begun", "Scan a new picture first: the last one is too old.")
    if Authenticator.objects.filter(user=user, type=_TYPE.TOTP).exists():
        raise Conflict("app_there", "There is an authenticator app already. Remove it first.")
    counter = totp.fitting_counter(secret, code)
    if counter is None:
        raise wrong_code()
    totp.add_totp(user, secret, counter)
    del request.session[_BEGUN]
    return _added(request, user, "totp", "")


@transaction.atomic
def add_passkey(
    request: HttpRequest, user: User, name: str, credential: Mapping[str, Any]
) -> tuple[Passkey, list[str] | None]:
    """Keeps a passkey that the browser just made, and recovery codes when they are the first ones.

    Raises `Refused` for one that is not an answer to what this session asked.
    """
    _lock(user)
    if Authenticator.objects.filter(user=user, type=_TYPE.WEBAUTHN).count() >= MAX_PASSKEYS:
        raise Conflict("too_many", f"There are {MAX_PASSKEYS} passkeys already. Remove one first.")
    complete_registration(request, credential)
    row = Authenticator.objects.create(
        user=user, type=_TYPE.WEBAUTHN, data={"name": name, "credential": dict(credential)}
    )
    codes = _added(request, user, "passkey", name)
    return Passkey(row.pk, name, row.created_at, None), codes


@transaction.atomic
def remove_factor(user: User, row: Authenticator) -> None:
    """The app or a passkey counts no more. With the last of them the recovery codes go."""
    _lock(user)
    record("account.factor_remove", user, before=_said(row))
    row.delete()
    if not has_second_factor(user):
        Authenticator.objects.filter(user=user).delete()
    hint_access_changed(user.pk)


@transaction.atomic
def remove_all_factors(person: User) -> int:
    """For somebody who lost everything: they sign in by password alone, and set up anew. How many went."""
    _lock(person)
    rows = list(Authenticator.objects.filter(user=person))
    if rows:
        record("user.factors_remove", person, before={"factors": [row.type for row in rows]})
        Authenticator.objects.filter(user=person).delete()
        hint_access_changed(person.pk)
    return len(rows)


@transaction.atomic
def renew_recovery_codes(user: User) -> list[str]:
    """New codes, each good once; the earlier ones count no more. Raises `Conflict` without a factor."""
    _lock(user)
    if not has_second_factor(user):
        raise Conflict("no_factor", "Set up an authenticator app or a passkey first.")
    record("account.recovery_codes", user)
    return _new_codes(user)


def give_code(request: HttpRequest, user: User, code: str) -> None:
    """The person proves themselves by a code of the app, or a recovery code. Raises `Refused`."""
    note_code(request, user, find_by_code(user, code))


def note_code(request: HttpRequest, user: User, row: Authenticator) -> None:
    """Keeps that this factor was just given."""
    row.record_usage()
    note_proof(request, user, SECOND_FACTOR, id=row.pk, type=row.type)


def give_passkey(request: HttpRequest, user: User, credential: Mapping[str, Any]) -> None:
    """The person proves themselves by one of their passkeys. Raises `Refused`."""
    row = complete_sign_in(request, user, credential)
    row.record_usage()
    note_proof(request, user, SECOND_FACTOR, id=row.pk, type=row.type)


def find_by_code(user: User, code: str) -> Authenticator:
    """The app, or the recovery codes, of which this is a code not used before. Raises `Refused`."""
    rows = Authenticator.objects.filter(user=user).exclude(type=_TYPE.WEBAUTHN)
    for row in rows:
        fits = totp.use_totp(row, code) if row.type == _TYPE.TOTP else RecoveryCodes(row).validate_code(code)
        if fits:
            return row if row.type == _TYPE.TOTP else Authenticator.objects.get(pk=row.pk)
    raise wrong_code()


def wrong_code() -> Refused:
    return Refused.at("code", "This code is wrong, was used before, or is too old.", "wrong_code")


def _lock(user: User) -> None:
    """Changes of one person's factors come one after another."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _added(request: HttpRequest, user: User, kind: str, name: str) -> list[str] | None:
    record("account.factor_add", user, after={"factor": kind, "name": name})
    hint_access_changed(user.pk)
    if Authenticator.objects.filter(user=user, type=_TYPE.RECOVERY_CODES).exists():
        return None
    return _new_codes(user)


def _new_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=_TYPE.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def _codes_left(row: Authenticator) -> int:
    total = int(settings.MFA_RECOVERY_CODE_COUNT)
    return total - bin(int(row.data.get("used_mask", 0))).count("1")


def _said(row: Authenticator) -> dict[str, str]:
    kind = "passkey" if row.type == _TYPE.WEBAUTHN else str(row.type)
    return {"factor": kind, "name": str(row.data.get("name", ""))}
