"""Who was shown data, day by day: counts and names of fields, never values."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from .ids import time_ordered_id


class ViewedKind(models.TextChoices):
    """What the data belongs to."""

    WORKFLOW = "workflow", "Workflow"
    DATASET = "dataset", "Dataset"


class DataView(models.Model):
    """One reader, one day (UTC), one step of a workflow's runs or one dataset. Outlives what was seen."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=ViewedKind.choices)
    place = models.UUIDField(help_text="Of the workflow or the dataset, which may be gone.")
    node = models.TextField(
        blank=True,
        default="",
        help_text="The step's path without numbers of iterations; empty: a dataset, or the run itself.",
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        help_text="Null for whoever a webhook without a person answers to.",
    )
    day = models.DateField()
    count = models.PositiveBigIntegerField(help_text="Answers that held some of its data.")
    exported = models.PositiveBigIntegerField(default=0, help_text="Records in files and webhook answers.")
    fields = models.JSONField(
        default=dict, help_text="{field that a rule masks for somebody: [times seen plain, times masked]}"
    )
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "data_view"
        ordering: ClassVar = ["-day", "-last_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "place", "node", "reader", "day"],
                name="data_view_once_a_day",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "day"], name="data_view_of_days")]

    def __str__(self) -> str:
        return f"{self.kind} {self.place} by {self.reader_id} on {self.day}"

    @property
    def unmasked(self) -> list[str]:
        """Fields masked for somebody that this reader saw plain."""
        return [name for name, (plain, _) in self.fields.items() if plain]

    @property
    def masked(self) -> list[str]:
        """Fields masked for this reader."""
        return [name for name, (_, masked) in self.fields.items() if masked]
