"""Tables of the editor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from accounts.authorization import Resource


class Draft(models.Model):
    """What is being edited, one graph a workflow. `revision` counts saves: nobody overwrites unseen work."""

    tenant_path = "workflow__tenant"

    workflow = models.OneToOneField(
        "runtime.Workflow", on_delete=models.CASCADE, primary_key=True, related_name="draft"
    )
    revision = models.PositiveIntegerField(default=1)
    graph = models.TextField(help_text="The graph document as JSON.")
    hash = models.CharField(max_length=64, help_text="SHA-256 of the graph's logic, as of versions.")
    node_count = models.PositiveIntegerField(default=0)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "draft"
        ordering: ClassVar = ["-updated_at"]

    def __str__(self) -> str:
        return f"draft of {self.workflow_id}, revision {self.revision}"

    def document(self) -> dict[str, Any]:
        """The graph document."""
        return cast("dict[str, Any]", json.loads(self.graph))

    def as_resource(self) -> Resource:
        """A draft is as visible as its workflow."""
        return self.workflow.as_resource()
