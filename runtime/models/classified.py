"""What policies may know of a resource, as columns, so that lists and single checks see the same."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Classified(models.Model):
    """An empty text is an attribute that is missing; no tags are a list without items."""

    classification = models.CharField(
        max_length=60,
        blank=True,
        default="internal",
        db_default="internal",
        help_text="Key of a security level.",
    )
    department = models.CharField(max_length=200, blank=True, default="", db_default="")
    region = models.CharField(max_length=200, blank=True, default="", db_default="")
    tags = ArrayField(models.CharField(max_length=100), blank=True, default=list, db_default=[])

    class Meta:
        abstract = True


CLASSIFICATION = {name: name for name in ("classification", "department", "region", "tags")}
"""Attributes that a classified row has itself, see `accounts.resource_maps`."""


def classification_of(path: str) -> dict[str, str]:
    """Attributes that a row has from what is at the path."""
    return {name: f"{path}__{name}" for name in CLASSIFICATION}
