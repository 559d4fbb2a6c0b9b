"""What calls of language models took: counted for the budgets of runs and workspaces."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ModelCall(models.Model):
    """One call. It outlives its run: the month of a workspace is counted from these rows."""

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    run_id = models.UUIDField(db_index=True)
    node = models.TextField(help_text="The path of the step.")
    model = models.CharField(max_length=200)
    provider = models.CharField(max_length=200)
    tokens_in = models.BigIntegerField(null=True, help_text="Null: the provider did not say.")
    tokens_out = models.BigIntegerField(null=True)
    cost = models.DecimalField(
        max_digits=24,
        decimal_places=12,
        null=True,
        help_text="Null: there is no price, or no count of tokens.",
    )
    at = models.DateTimeField()

    class Meta:
        db_table = "model_call"
        indexes: ClassVar = [models.Index(fields=["tenant", "at"], name="model_call_of_month")]
