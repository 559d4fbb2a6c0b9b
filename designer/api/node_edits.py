"""What editors may change of single nodes, and what they send back without having seen it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.authorization import Subject
from runtime.api.errors import ApiProblem
from runtime.api.masking_problems import refused
from runtime.disclosure import sees_pins
from runtime.masking.documents import EditRefused, check_edits, restored
from runtime.masking.readers import eyes_of
from runtime.models import Workflow


def sent_graph(
    subject: Subject, workflow: Workflow, sent: Mapping[str, Any], stored: Mapping[str, Any]
) -> dict[str, Any]:
    """The graph that was sent, with configurations and pins that the editor is not shown put back."""
    try:
        return restored(eyes_of(subject), workflow, sent, stored, with_pins=sees_pins(subject, workflow))
    except EditRefused as refusal:
        raise _problem(refusal) from refusal


def refuse_edits(
    subject: Subject, workflow: Workflow, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Raises for a node that this editor may not add, change or delete."""
    try:
        check_edits(eyes_of(subject), workflow, before, after)
    except EditRefused as refusal:
        raise _problem(refusal) from refusal


def _problem(refusal: EditRefused) -> ApiProblem:
    problem = refused(refusal.denial)
    problem.text = f"The step “{refusal.node}” was not saved: {refusal.denial.reason}"
    problem.extra["node"] = refusal.node
    return problem
