from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower

from accounts.access import Resource, attribute_problems, is_action

if TYPE_CHECKING:
    from accounts.models.tokens import ApiToken


class UserManager(DjangoUserManager["User"]):
    """Makes users by e-mail; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:  # type: ignore[override]
        user = self.model(email=normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:  # type: ignore[override]
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normal_email(username or ""))


class User(AbstractUser):
    """A person, who signs in by e-mail and belongs to one tenant; only superusers belong to none.

    A request by token carries that token in `token`: authorization narrows to its scopes. A socket's user
    carries in `mfa_at` when they last gave a second factor.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField("e-mail", unique=True, error_messages={"unique": "This e-mail is taken."})
    name = models.CharField(max_length=120)
    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.CASCADE, related_name="users", null=True, blank=True
    )
    attributes = models.JSONField(default=dict, blank=True)
    attributes_version = models.PositiveBigIntegerField(
        default=1, editable=False, help_text="Counts changes of the attributes."
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    token: ApiToken | None = None
    mfa_at: datetime | None = None

    resource_kind = "user"
    resource_owner = "pk"

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_any_case"),
            models.CheckConstraint(
                name="user_tenant_unless_superuser",
                condition=models.Q(is_superuser=True, tenant__isnull=True)
                | models.Q(is_superuser=False, tenant__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        self.email = normal_email(self.email)
        problems = attribute_problems(self.attributes) if isinstance(self.attributes, dict) else None
        if problems is None:
            raise ValidationError({"attributes": "Attributes are an object of names and values."})
        if problems:
            raise ValidationError({"attributes": [f"{each.name}: {each.message}" for each in problems]})

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.get_full_name()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Actions always ask the engine, for superusers too; stock model permissions are Django's."""
        if is_action(perm.removeprefix("accounts.")):
            from accounts.authorization import is_allowed

            return is_allowed(self, perm.removeprefix("accounts."), obj)
        return super().has_perm(perm, obj)

    def as_resource(self) -> Resource:
        return Resource("user", str(self.pk), self.tenant_id, owner_id=self.pk)


def normal_email(email: str) -> str:
    return email.strip().lower()
