"""Datasets: rows that people upload and nodes read and write, in PostgreSQL, where every worker sees them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.access import Resource
from accounts.resource_maps import resource_of

from .classified import CLASSIFICATION, Classified
from .ids import time_ordered_id

CHUNK_BYTES = 1 << 20


class DatasetFormat(models.TextChoices):
    CSV = "csv", "CSV"
    JSON = "json", "JSON"
    JSONL = "jsonl", "JSON lines"
    PARQUET = "parquet", "Parquet"


class Dataset(Classified):
    """A named file of rows. `content` counts its writes; the chunks of one count are one whole file."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=8, choices=DatasetFormat.choices)
    rows = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    columns = models.JSONField(default=list, help_text="[{name, type}] in the file's order.")
    version = models.PositiveIntegerField(default=1, help_text="Counts writes; names the chunks in force.")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    resource_kind = "dataset"
    resource_owner = "created_by"
    resource_fields: ClassVar = {
        **{name: name for name in ("name", "format", "rows", "created_at")},
        **CLASSIFICATION,
    }

    class Meta:
        db_table = "dataset"
        ordering: ClassVar = ["-updated_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="dataset_name_once_per_tenant"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-updated_at", "-id"], name="dataset_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    def as_resource(self) -> Resource:
        """What `authorize` decides about."""
        return resource_of(self)


class DatasetChunk(models.Model):
    """Up to `CHUNK_BYTES` of a dataset's file, by position."""

    pk = models.CompositePrimaryKey("dataset_id", "version", "index")
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    version = models.PositiveIntegerField()
    index = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        db_table = "dataset_chunk"
        ordering: ClassVar = ["dataset_id", "version", "index"]


class DatasetWrite(models.Model):
    """That a write by a node happened, under its idempotency key, and what it answered."""

    pk = models.CompositePrimaryKey("tenant_id", "key")
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    info = models.JSONField(help_text="{name, format, rows, bytes, columns} after the write.")
    written_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        db_table = "dataset_write"
