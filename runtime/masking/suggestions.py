"""Fields that look as if they needed a mask, found in what whoever asks may see of datasets and runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from django.db.models import Model, QuerySet

from accounts.access import MaskSet
from accounts.access.conditions import Const
from accounts.access.detectors import FieldScan, Finding
from accounts.authorization import AccessDenied, Subject, is_allowed, mask_set_of, visible
from accounts.subjects import facts_of
from runtime.engine.errors import GraphError
from runtime.masking.samples import Sample, dataset_sample, node_sample
from runtime.models import Dataset, Run, Workflow
from runtime.queries.datasets import DatasetChanged
from runtime.queries.runs import newest_of_workflows
from runtime.queries.versions import graph_of

_M = TypeVar("_M", bound=Model)
MAX_DATASETS = 30
MAX_WORKFLOWS = 20
MAX_NODES = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field was found: a dataset, or a node of a workflow's newest run."""

    type: str
    id: str
    name: str
    run: str | None = None
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`rule` is the key of a rule in force that masks the field for somebody already; empty for none."""

    finding: Finding
    place: Place
    rule: str


@dataclass(frozen=True, slots=True)
class Looked:
    """How much was looked at."""

    datasets: int
    nodes: int
    found: list[Suggestion]


def suggestions(subject: Subject) -> Looked:
    """Reads samples of what the subject may see. Values themselves are never told."""
    facts = facts_of(subject)
    masks = mask_set_of(subject.tenant_id)
    always = MaskSet(replace(rule, condition=Const(True)) for rule in masks.rules)
    samples = list(_samples(subject))
    found: list[Suggestion] = []
    for place, sample in samples:
        scan = FieldScan()
        scan.look_at(sample.value)
        masker = None if facts is None else always.for_reader(facts, sample.resource)
        covered = {} if masker is None else {hit.path: hit.rule for hit in masker.apply(sample.value).hits}
        found += [Suggestion(one, place, covered.get(one.path, "")) for one in scan.findings()]
    datasets = sum(place.type == "dataset" for place, _ in samples)
    return Looked(datasets, len(samples) - datasets, sorted(found, key=_order))


def _order(suggestion: Suggestion) -> tuple[bool, float, str, str]:
    finding = suggestion.finding
    return bool(suggestion.rule), -finding.share, finding.path, suggestion.place.name


def _samples(subject: Subject) -> Iterator[tuple[Place, Sample]]:
    for dataset in _visible(Dataset.objects.order_by("-updated_at"), subject, "dataset.view", MAX_DATASETS):
        try:
            yield Place("dataset", str(dataset.pk), dataset.name), dataset_sample(subject, dataset)
        except DatasetChanged:
            continue
    rows = Workflow.objects.filter(deleted_at=None).order_by("-updated_at")
    workflows = _visible(rows, subject, "workflow.view", MAX_WORKFLOWS)
    newest = newest_of_workflows((workflow.pk for workflow in workflows), each=1)
    for workflow in workflows:
        for run in newest.get(workflow.pk, ()):
            yield from _of_run(subject, workflow, run)


def _of_run(subject: Subject, workflow: Workflow, newest: Run) -> Iterator[tuple[Place, Sample]]:
    run = Run.objects.select_related("workflow", "version").get(pk=newest.pk)
    if not is_allowed(subject, "run.data", run):
        return
    for node in _nodes(run):
        sample = node_sample(subject, run, node)
        if sample is not None:
            place = Place("workflow", str(workflow.pk), workflow.name, str(run.pk), node)
            yield place, sample


def _nodes(run: Run) -> list[str]:
    try:
        specs = graph_of(run.version).nodes
    except GraphError:
        return []
    return [spec.id for spec in specs if spec.parent is None][:MAX_NODES]


def _visible(rows: QuerySet[_M], subject: Subject, action: str, most: int) -> list[_M]:
    try:
        return list(visible(rows, subject, action)[:most])
    except AccessDenied:
        return []
