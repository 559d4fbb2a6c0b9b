"""Rows of the editor as bodies."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.authorization import Subject, allowed_actions
from designer import models
from designer.api.bodies import Draft, GraphProblem, Version, VersionItem, WorkflowItem
from designer.graphs import problems_of
from designer.queries import edit_states
from runtime.api.masking_bodies import denial_items
from runtime.api.people import person_body
from runtime.api.present import brief_body
from runtime.disclosure import sees_pins
from runtime.engine.problems import Problem
from runtime.masking.documents import ShownDocument, shown_document
from runtime.masking.readers import eyes_of
from runtime.models import Workflow, WorkflowVersion
from runtime.queries.runs import newest_of_workflows
from runtime.queries.versions import graph_of

WORKFLOW_ACTIONS = (
    "workflow.edit",
    "workflow.delete",
    "workflow.publish",
    "workflow.run",
    "code.author",
    "grant.manage",
)


def workflow_bodies(workflows: Sequence[Workflow], subject: Subject) -> list[WorkflowItem]:
    """Rows of the list, with two queries however many there are."""
    states = edit_states(workflows)
    runs = newest_of_workflows(workflow.pk for workflow in workflows)
    return [
        WorkflowItem(
            id=workflow.pk,
            name=workflow.name,
            description=workflow.description,
            created_at=workflow.created_at,
            updated_at=workflow.updated_at,
            updated_by=person_body(workflow.updated_by),
            published_version=workflow.published_number,
            has_unpublished_changes=states[workflow.pk].has_unpublished_changes,
            node_count=states[workflow.pk].node_count,
            classification=workflow.classification,
            department=workflow.department,
            region=workflow.region,
            tags=workflow.tags,
            last_runs=[brief_body(run) for run in runs.get(workflow.pk, ())],
            can=allowed_actions(subject, workflow, WORKFLOW_ACTIONS),
        )
        for workflow in workflows
    ]


def workflow_body(workflow: Workflow, subject: Subject) -> WorkflowItem:
    """One workflow."""
    return workflow_bodies([workflow], subject)[0]


def draft_body(draft: models.Draft, subject: Subject) -> Draft:
    """The draft with everything that is wrong in it, as far as the reader may know."""
    document = draft.document()
    workflow = draft.workflow
    shown = shown_graph(document, subject, workflow)
    problems = problems_of(document, workflow, subject)
    return Draft(
        revision=draft.revision,
        graph=shown.document,
        denied=denial_items(shown.denied),
        problems=problem_bodies(problems, hidden=shown.denied),
        updated_at=draft.updated_at,
        updated_by=person_body(draft.updated_by),
    )


def shown_graph(document: Mapping[str, Any], subject: Subject, workflow: Workflow) -> ShownDocument:
    """A draft's document, as far as the reader may see it."""
    eyes = eyes_of(subject)
    return shown_document(eyes, workflow, document, with_pins=sees_pins(subject, workflow))


def problem_bodies(problems: Iterable[Problem], *, hidden: Container[str] = ()) -> list[GraphProblem]:
    """Problems of a graph, in the order found. Of nodes whose setup is hidden only that there are some."""
    return [
        GraphProblem(**(_without_words(problem) if problem.node in hidden else problem).to_dict())
        for problem in problems
    ]


def _without_words(problem: Problem) -> Problem:
    message = "Something is wrong with how this step is set up, which you may not see."
    return replace(problem, message=message, hint=None, field=None, line=None)


def version_item(version: WorkflowVersion) -> VersionItem:
    """A version without its graph."""
    return VersionItem(
        id=version.pk,
        number=version.number or 0,
        note=version.note,
        hash=version.hash,
        created_at=version.created_at,
        created_by=person_body(version.created_by),
    )


def version_body(version: WorkflowVersion, subject: Subject, workflow: Workflow) -> Version:
    """A version with its graph. It has no pins: those are refused when a draft is published."""
    item = version_item(version)
    shown = shown_graph(graph_of(version).to_document(), subject, workflow)
    return Version(**dict(item), graph=shown.document, denied=denial_items(shown.denied))
