"""Signing in by e-mail, and `user.has_perm` that asks the one decision point."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.access import is_action
from accounts.authorization import is_allowed
from accounts.models import User
from accounts.subjects import facts_of


class EngineBackend(AuthenticationBackend):  # type: ignore[misc]
    """Django's permission questions, answered by `accounts.authorization`.

    It is the only backend: Django lets any backend allow, so a second one could open what this one
    refuses. Stock model permissions (`add_user`) are given to nobody; superusers need none.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        action = perm.removeprefix("accounts.")
        return isinstance(user_obj, User) and is_action(action) and is_allowed(user_obj, action, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        subject = facts_of(user_obj) if isinstance(user_obj, User) else None
        if subject is None or obj is not None or not subject.is_active:
            return set()
        return {f"accounts.{name}" for name in subject.permissions}
