from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.db import models

from accounts.access import Resource


class RoleManager(models.Manager["Role"]):
    """Django's manager of groups is typed for groups alone."""


class Role(Group):
    """A tenant's role. `Group.name` is `<tenant id>/<key>`; people see `label`."""

    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="roles")
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=120)
    parents = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="children",
        help_text="Roles of the same tenant whose permissions and ceilings it has too.",
    )
    ceiling = models.JSONField(
        null=True,
        blank=True,
        help_text="Actions beyond which nothing is allowed to who has it; null: no bound.",
    )

    objects: ClassVar[RoleManager] = RoleManager()  # type: ignore[assignment]

    resource_kind = "role"

    class Meta:
        ordering = ["tenant", "key"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="role_key_once_per_tenant")]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name = f"{self.tenant_id}/{self.key}"
        super().save(*args, **kwargs)

    def as_resource(self) -> Resource:
        return Resource("role", str(self.pk), self.tenant_id)
