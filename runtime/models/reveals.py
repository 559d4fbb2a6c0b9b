"""Who was shown the masked values of a node, why, and for how long."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource

from .ids import time_ordered_id
from .runs import Run


class Reveal(models.Model):
    """One reader sees what is masked in one node of one run until `expires_at`. Kept after it is over."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="reveals")
    node = models.TextField(help_text="The path of the node, without the numbers of iterations.")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="Until then; earlier when the reader hid the values again.")

    class Meta:
        db_table = "reveal"
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["run", "user", "-expires_at"], name="reveal_of_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.node} of {self.run_id}"

    def as_resource(self) -> Resource:
        return Resource("reveal", str(self.id), self.tenant_id, self.user_id)
