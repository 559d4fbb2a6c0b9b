"""The processes that drive runs, and their leases."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Host(models.Model):
    """One start of one driving process. It lives while `lease_until` lies ahead of the database's clock."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200, help_text="host name and process id, for people")
    slots = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "run_host"
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return self.name
