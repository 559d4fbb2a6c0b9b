"""What runs store, by whom it is used, and what is counted of runs that may be gone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from .runs import Run
from .workflows import Workflow

MAX_INPUT_VALUE = 200


class BlobUse(models.Model):
    """That a run's events name a large value. A value that no run uses is deleted."""

    pk = models.CompositePrimaryKey("run_id", "hash")
    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    hash = models.CharField(max_length=64)
    tenant = models.ForeignKey(
        "accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        db_table = "blob_use"
        indexes: ClassVar = [models.Index(fields=["tenant", "hash"], name="blob_use_of_value")]


class RunInput(models.Model):
    """One value that a run was started with, as it is searched: text in lower case, cut to 200 characters."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inputs")
    name = models.TextField(help_text="Where in the parameters, such as `customer.id`.")
    value = models.CharField(max_length=MAX_INPUT_VALUE)

    class Meta:
        db_table = "run_input"
        indexes: ClassVar = [models.Index(fields=["tenant", "value", "run"], name="run_input_value")]


class FreedStorage(models.Model):
    """What retention has deleted of a workflow so far."""

    workflow = models.OneToOneField(
        Workflow, on_delete=models.CASCADE, primary_key=True, related_name="freed"
    )
    bytes = models.BigIntegerField(default=0)
    runs = models.BigIntegerField(default=0)
    at = models.DateTimeField(help_text="When it last deleted something.")

    class Meta:
        db_table = "freed_storage"


class RunTally(models.Model):
    """How many runs ended, by how long they took: counters that outlive the runs."""

    pk = models.CompositePrimaryKey("trigger", "status", "upto_s")
    trigger = models.CharField(max_length=16)
    status = models.CharField(max_length=16)
    upto_s = models.FloatField(help_text="Seconds from its creation to its end: at most so many.")
    runs = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        db_table = "run_tally"
