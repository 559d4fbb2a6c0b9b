from __future__ import annotations

from django.db import models


class Action(models.Model):
    """No table: the content type that the permissions `resource.verb` hang on."""

    class Meta:
        managed = False
        default_permissions = ()
