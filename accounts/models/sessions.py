"""Who is signed in where."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from accounts.access import Resource


class AuthSession(AbstractBaseSession):
    """A browser's session, and from where it came.

    `session_key` opens the session: it is shown to nobody. Lists and addresses name sessions by `id`.
    """

    id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="sessions"
    )
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(
        max_length=300, blank=True, default="", help_text="What the browser calls itself."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "auth_session"
        ordering: ClassVar = ["-seen_at"]
        indexes: ClassVar = [models.Index(fields=["user", "-seen_at"], name="auth_session_of_user")]

    def __str__(self) -> str:
        return str(self.id)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.identity.session_store import SessionStore

        return SessionStore

    def save(
        self,
        *args: Any,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """What a session holds changes often; from where it came is written once, when it begins."""
        if force_update and update_fields is None:
            update_fields = ["session_data", "expire_date", "user"]
        super().save(
            force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields
        )

    def as_resource(self) -> Resource:
        """As something of the person's account."""
        tenant_id = None if self.user is None else self.user.tenant_id
        return Resource("account", str(self.id), tenant_id, owner_id=self.user_id)
