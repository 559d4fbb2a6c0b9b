"""What policies may know of a resource, as columns, so that lists and single checks see the same."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Classified(models.Model):
    """Empty text, and no tags, are a missing attribute."""

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

    def own_attributes(self) -> dict[str, Any]:
        """Those that are there."""
        values = {name: getattr(self, name) for name in ("classification", "department", "region", "tags")}
        return {name: value for name, value in values.items() if value}
