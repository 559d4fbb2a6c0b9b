"""How a workflow's runs are kept and limited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.services.audit import record
from runtime.engine.errors import ParameterError
from runtime.engine.templates import is_valid_name, template_names
from runtime.maintenance.waking import wake
from runtime.models import Workflow

FIELDS = (
    *("keep_days", "keep_runs", "max_stored_mb"),
    *("max_running", "max_running_per_key", "concurrency_key"),
)
_RETENTION = frozenset({"keep_days", "keep_runs"})


@transaction.atomic
def change_operations(workflow: Workflow, changes: Mapping[str, Any]) -> Workflow:
    """The workflow with what is given of `FIELDS`. Raises `ParameterError` for a key that is no template."""
    if "concurrency_key" in changes:
        _check_template(changes["concurrency_key"])
    locked = Workflow.objects.select_for_update().get(pk=workflow.pk)
    before = {name: getattr(locked, name) for name in FIELDS}
    for name in FIELDS:
        if name in changes:
            setattr(locked, name, changes[name])
    locked.save(update_fields=[name for name in FIELDS if name in changes])
    record("workflow.operate", locked, before=before, after={name: getattr(locked, name) for name in FIELDS})
    if _RETENTION & changes.keys():
        wake("retention")
    return locked


def _check_template(template: str) -> None:
    wrong = sorted(name for name in template_names(template) if not is_valid_name(name))
    if wrong:
        raise ParameterError(
            f"${{{wrong[0]}}} names no parameter. Use one of the workflow's, such as ${{customer}}.",
            field="concurrency_key",
            code="bad_template",
        )
