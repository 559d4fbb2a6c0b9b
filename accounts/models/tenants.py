from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Tenant(models.Model):
    """A workspace. Nothing crosses from one to another."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    policy_version = models.BigIntegerField(
        default=1, help_text="Grows with each change of policies, masks, levels, attributes and roles."
    )
    decision_sample = models.FloatField(
        default=0.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="The share of allowed decisions that is logged, from 0 to 1. Denials always are.",
    )

    approve_policies = models.BooleanField(
        default=False, help_text="Whether a second person has to approve what is set in force."
    )
    step_up = models.BooleanField(
        default=False, help_text="Whether secrets and changes of policies ask for a fresh second factor."
    )
    step_up_minutes = models.PositiveIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 60)],
        help_text="For how long a second factor counts as fresh.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
