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
    driving = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Runs that it drove at the last beat."
    )
    sandbox = models.TextField(
        default="", db_default="", help_text="`isolated`, or why code is refused there."
    )
    counters = models.JSONField(
        default=dict, db_default={}, help_text="What it has counted, for the metrics."
    )

    class Meta:
        db_table = "run_host"
        ordering: ClassVar = ["-started_at"]

    def __str__(self) -> str:
        return self.name
