"""A workflow that begins as a template, with the demo data that it lacks."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Tenant, User
from designer import services
from designer.graphs import ReadGraph
from runtime.models import Dataset, Workflow
from runtime.services.datasets import DatasetError, create_dataset, received
from runtime.tabular import format_of
from runtime.templates import DemoDataset


def present(tenant: Tenant, names: Iterable[str]) -> frozenset[str]:
    """Those of the names under which the workspace has a dataset."""
    rows = Dataset.objects.filter(tenant=tenant, name__in=list(names))
    return frozenset(rows.values_list("name", flat=True))


def missing(tenant: Tenant, datasets: Iterable[DemoDataset]) -> list[DemoDataset]:
    """The demo datasets that the workspace does not have yet."""
    wanted = list(datasets)
    here = present(tenant, (dataset.name for dataset in wanted))
    return [dataset for dataset in wanted if dataset.name not in here]


@transaction.atomic
def begin_workflow(
    *,
    tenant: Tenant,
    user: User,
    name: str,
    description: str,
    graph: ReadGraph,
    datasets: Iterable[DemoDataset],
) -> Workflow:
    """The workflow with its draft, and each of the demo datasets."""
    for dataset in datasets:
        _add(tenant, user, dataset)
    return services.create_workflow(tenant=tenant, user=user, name=name, description=description, graph=graph)


def _add(tenant: Tenant, user: User, dataset: DemoDataset) -> None:
    with dataset.file.open("rb") as file, received(file, format_of(dataset.file.name)) as content:
        try:
            create_dataset(tenant_id=tenant.pk, user_id=user.pk, name=dataset.name, content=content)
        except DatasetError as error:
            if error.code != "name_taken":  # somebody began with the same template meanwhile
                raise
