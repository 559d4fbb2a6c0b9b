"""Fresh proof of who one is, before what cannot be taken back: asked for, and given.

Where a workspace wants it (`Tenant.step_up`), secrets and changes of policies need a second factor of the
last minutes. A change of one's own factors always needs fresh proof of some kind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request

from accounts.authorization import subject_of
from accounts.identity.factors import factors_of, has_second_factor
from accounts.identity.proofs import proved_at, second_factor_at
from accounts.models import User

OWN_MINUTES: Final = 10
ADDRESS: Final = "/api/v1/me/step-up/"


class Purpose(StrEnum):
    """What the proof is wanted for."""

    REVEAL = "reveal"
    CREDENTIAL = "credential"
    POLICY = "policy"
    SETTINGS = "settings"
    FACTORS = "factors"


_FOR: Final = {
    Purpose.REVEAL: "to see masked values",
    Purpose.CREDENTIAL: "to change credentials",
    Purpose.POLICY: "to change what policies are in force",
    Purpose.SETTINGS: "to change how people sign in",
    Purpose.FACTORS: "to change how you sign in",
}


class StepUpNeeded(Exception):
    """Answered 403. With `methods` the person can prove it now, at `url`, and ask again."""

    def __init__(self, code: str, message: str, purpose: Purpose, methods: list[str], url: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.purpose = purpose
        self.methods = methods
        self.url = url


def require_step_up(request: HttpRequest | Request, purpose: Purpose | str) -> None:
    """Raises `StepUpNeeded` where the workspace wants a second factor, and none was given lately.

    A token never has one: where the workspace wants it, this is for people at a browser alone.
    """
    user = subject_of(request)
    tenant, purpose = user.tenant, Purpose(purpose)
    if tenant is None or not tenant.step_up:
        return
    _require_browser(user, purpose)
    if _is_fresh(second_factor_at(_session(request), user), tenant.step_up_minutes):
        return
    methods = factors_of(user).methods
    if has_second_factor(user):
        text = f"Give a second factor {_FOR[purpose]}."
        raise StepUpNeeded("step_up_needed", text, purpose, methods, ADDRESS)
    text = f"This workspace wants a second factor {_FOR[purpose]}, and you have none. Set one up first."
    raise StepUpNeeded("second_factor_missing", text, purpose, [], "/account")


def require_own_proof(request: HttpRequest | Request) -> None:
    """Raises `StepUpNeeded` unless the person proved lately who they are, by a factor if they have one."""
    user, session = subject_of(request), _session(request)
    _require_browser(user, Purpose.FACTORS)
    has_factor = has_second_factor(user)
    at = second_factor_at(session, user) if has_factor else proved_at(session, user)
    if _is_fresh(at, OWN_MINUTES):
        return
    text = f"Prove that it is you {_FOR[Purpose.FACTORS]}."
    methods = own_methods(user)
    if not methods:
        text = "Sign out and in again to change how you sign in."
    raise StepUpNeeded("step_up_needed", text, Purpose.FACTORS, methods, ADDRESS)


def own_methods(user: User) -> list[str]:
    """How the person can prove themselves: by a second factor, and without one by the password."""
    if has_second_factor(user):
        return factors_of(user).methods
    return ["password"] if user.has_usable_password() else []


def fresh_until(request: HttpRequest | Request) -> datetime | None:
    """Until when the second factor of this session counts as fresh; None when there is none."""
    user = subject_of(request)
    at = None if user.token is not None else second_factor_at(_session(request), user)
    minutes = OWN_MINUTES if user.tenant is None else user.tenant.step_up_minutes
    if at is None or not _is_fresh(at, minutes):
        return None
    return at + timedelta(minutes=minutes)


def _is_fresh(at: datetime | None, minutes: int) -> bool:
    return at is not None and timedelta(0) <= timezone.now() - at <= timedelta(minutes=minutes)


def _require_browser(user: User, purpose: Purpose) -> None:
    if user.token is not None:
        text = f"A token cannot do this: sign in {_FOR[purpose]}."
        raise StepUpNeeded("session_needed", text, purpose, [], "/sign-in/")


def _session(request: HttpRequest | Request) -> Any:
    return request.session
