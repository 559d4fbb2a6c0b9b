"""Codes of an authenticator app (RFC 6238). Each code counts once, whatever the tolerance for clocks."""

from __future__ import annotations

import secrets
import time
from typing import Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import transaction

from accounts.models import User

PERIOD_S: Final = 30
_DRIFT: Final = 1  # one period earlier or later: RFC 6238, section 5.2
_MOST_DIGITS: Final = 20

__all__ = ["add_totp", "fitting_counter", "generate_totp_secret", "use_totp"]


def fitting_counter(secret: str, code: str, *, after: int = 0, now_s: float | None = None) -> int | None:
    """The period whose code this is, later than `after`; None when it is none of the current ones."""
    typed = "".join(code.split())
    if len(typed) > _MOST_DIGITS or not typed.isascii():
        return None
    current = int(time.time() if now_s is None else now_s) // PERIOD_S
    for counter in range(current - _DRIFT, current + _DRIFT + 1):
        fits = secrets.compare_digest(format_hotp_value(hotp_value(secret, counter)), typed)
        if fits and counter > after:
            return counter
    return None


def add_totp(user: User, secret: str, counter: int) -> Authenticator:
    """Keeps the app's key, sealed. The code with which it was set up is used already."""
    data = {"secret": get_adapter().encrypt(secret), "used": counter}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


@transaction.atomic
def use_totp(row: Authenticator, code: str) -> bool:
    """Whether the code is right, and was not used before."""
    kept = Authenticator.objects.select_for_update().filter(pk=row.pk).first()
    if kept is None:
        return False
    secret = get_adapter().decrypt(kept.data["secret"])
    counter = fitting_counter(secret, code, after=int(kept.data.get("used", 0)))
    if counter is None:
        return False
    kept.data["used"] = counter
    kept.save(update_fields=["data"])
    return True
