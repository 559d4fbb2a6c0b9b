"""Whether a new run holds its place at once, or waits for one under the limits of runs at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.conf import settings

from runtime.engine.errors import GraphError
from runtime.engine.problems import Problem
from runtime.engine.templates import UnknownTemplateName, resolve
from runtime.host.json_text import clean_text
from runtime.models import WorkflowVersion
from runtime.queries.versions import graph_of

MAX_KEY = 200


class Place(NamedTuple):
    """`key`: runs of the workflow with the same one share `max_running_per_key` places; empty: none."""

    key: str
    is_limited: bool


def place_for(version: WorkflowVersion, parameters: Mapping[str, Any], *, key: str = "") -> Place:
    """The place of a run with these parameters; `key` stands in for the workflow's own template.

    Raises `GraphError` when that template names a value that the run has not.
    """
    workflow = version.workflow
    key = _fitting(key or _resolved(workflow.concurrency_key, version, parameters))
    has_key_limit = bool(key) and workflow.max_running_per_key is not None
    return Place(key, bool(settings.RUNS_PER_TENANT) or workflow.max_running is not None or has_key_limit)


def _resolved(template: str, version: WorkflowVersion, parameters: Mapping[str, Any]) -> str:
    if not template:
        return ""
    defaults = {item.name: item.default for item in graph_of(version).parameters if item.has_default}
    try:
        value = resolve(template, {**defaults, **parameters})
    except UnknownTemplateName as unknown:
        message = (
            f"The workflow's concurrency key is made of ${{{unknown.name}}}, and the run has no such value."
        )
        hint = "Supply it with the run, give the parameter a default, or change the workflow's limits."
        problem = Problem("missing_parameter", message, field=f"parameters.{unknown.name}", hint=hint)
        raise GraphError([problem]) from None
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)


def _fitting(key: str) -> str:
    """Keys of any length stay apart: a long one ends with a hash of the whole."""
    key = clean_text(key)
    if len(key) <= MAX_KEY:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: MAX_KEY - len(digest) - 1]}…{digest}"
