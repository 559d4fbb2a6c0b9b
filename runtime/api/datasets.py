"""`datasets/`: upload, look into, download, delete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from pathlib import PurePath
from typing import IO, Any, ClassVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject, allowed_actions, visible
from runtime.api.dataset_bodies import (
    DatasetColumn,
    DatasetFilters,
    DatasetItem,
    DatasetLimits,
    DatasetList,
    DatasetRows,
    RowsParameters,
)
from runtime.api.errors import ApiProblem, invalid, too_large
from runtime.api.idempotency import once
from runtime.api.masking_bodies import masked_items
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import check_storable, query_of, read_query
from runtime.api.people import person_body
from runtime.limits import max_dataset_bytes
from runtime.masking.dataset_files import shown_content, shown_rows
from runtime.masking.watched import ITEMS
from runtime.models import Dataset
from runtime.queries.datasets import DatasetChanged, rows_of, spooled
from runtime.services import datasets
from runtime.services.data_views import saw_dataset
from runtime.tabular import FORMATS, TabularError, check_dataset_name, format_of

_ACTIONS = ("dataset.delete",)
_PART_HEADERS = 64 << 10
_TYPES = {
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
_UPLOAD = {
    "multipart/form-data": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"},
            "name": {"type": "string", "description": "Without it the file's name, less its ending."},
        },
        "required": ["file"],
    }
}


class LimitedMultiPartParser(MultiPartParser):
    """Refuses by the declared length, before any part is read."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        declared = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        limit = max_dataset_bytes()
        if declared.isdigit() and int(declared) > limit + _PART_HEADERS:
            raise too_large(limit, "The file")
        return super().parse(stream, media_type, parser_context)


class DatasetsView(AuthorizedView, APIView):
    """The workspace's datasets."""

    actions: ClassVar[dict[str, str]] = {"GET": "dataset.view", "POST": "dataset.create"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})
    parser_classes = (LimitedMultiPartParser,)

    @extend_schema(operation_id="datasets_list", parameters=query_of(DatasetFilters), responses=DatasetList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, DatasetFilters)
        rows = visible(Dataset.objects.select_related("created_by"), self.subject, "dataset.view")
        if filters.search:
            rows = rows.filter(name__icontains=filters.search)
        page, cursor = newest_first(rows, filters, key="updated_at")
        return Response(
            DatasetList(
                results=[dataset_body(row, self.subject) for row in page],
                next=next_address(request, cursor),
                limits=DatasetLimits(max_bytes=max_dataset_bytes(), formats=list(FORMATS)),
            )
        )

    @extend_schema(operation_id="datasets_create", request=_UPLOAD, responses={201: DatasetItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._upload(request))

    def _upload(self, request: Request) -> Response:
        file = _uploaded_file(request)
        name = _name(request, file)
        tenant_id = self.subject.tenant_id
        assert tenant_id is not None  # noqa: S101  (the tenant wall refused everybody without one)
        self.require_new("dataset.create", Dataset(tenant_id=tenant_id, name=name, created_by=self.subject))
        try:
            with datasets.received(file, _format(file)) as content:
                dataset = datasets.create_dataset(
                    tenant_id=tenant_id, user_id=self.subject.pk, name=name, content=content
                )
        except TabularError as error:
            raise _unreadable(error) from error
        except datasets.DatasetError as error:
            raise _refused(error) from error
        return Response(dataset_body(dataset, self.subject), status=201)


class DatasetView(AuthorizedView, APIView):
    """One dataset."""

    actions: ClassVar[dict[str, str]] = {"GET": "dataset.view", "DELETE": "dataset.delete"}

    @extend_schema(operation_id="datasets_retrieve", responses=DatasetItem)
    def get(self, request: Request, dataset_id: UUID) -> Response:
        return Response(dataset_body(find_dataset(self, dataset_id), self.subject))

    @extend_schema(operation_id="datasets_destroy", responses={204: None})
    def delete(self, request: Request, dataset_id: UUID) -> Response:
        dataset = find_dataset(self, dataset_id)
        self.require("dataset.delete", dataset)
        datasets.delete_dataset(dataset)
        return Response(status=204)


class DatasetRowsView(AuthorizedView, APIView):
    """The rows of a dataset, from any place."""

    actions: ClassVar[dict[str, str]] = {"GET": "dataset.view"}

    @extend_schema(operation_id="datasets_rows", parameters=query_of(RowsParameters), responses=DatasetRows)
    def get(self, request: Request, dataset_id: UUID) -> Response:
        page = read_query(request, RowsParameters)
        dataset = find_dataset(self, dataset_id)
        try:
            rows = rows_of(dataset, offset=page.offset, limit=page.limit)
        except DatasetChanged:
            dataset = find_dataset(self, dataset_id)
            rows = rows_of(dataset, offset=page.offset, limit=page.limit)
        shown = shown_rows(self.subject, dataset, rows)
        saw_dataset(self.subject, dataset, shown.value, shown.masked)
        return Response(
            DatasetRows(
                columns=_columns(dataset),
                results=shown.value,
                total=dataset.rows,
                masked=masked_items(shown.masked),
            )
        )


class DatasetDownloadView(AuthorizedView, APIView):
    """A dataset's file, as it was uploaded or written; with masked rows where a field is masked."""

    actions: ClassVar[dict[str, str]] = {"GET": "dataset.view"}

    @extend_schema(
        operation_id="datasets_download", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, dataset_id: UUID) -> HttpResponse:
        dataset = find_dataset(self, dataset_id)
        # In one piece: under ASGI Django would gather a stream of a synchronous source anyway.
        with spooled(dataset.pk) as spool:
            content = shown_content(self.subject, dataset, spool)
            first = shown_rows(self.subject, dataset, list(islice(spool.rows(), ITEMS)))
        saw_dataset(self.subject, dataset, first.value, first.masked, exported=dataset.rows)
        file_name = f"{dataset.name}.{spool.format}"  # names are plain ASCII without quotes
        return HttpResponse(
            content,
            content_type=_TYPES[spool.format],
            headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
        )


def find_dataset(view: AuthorizedView, dataset_id: UUID) -> Dataset:
    """The dataset, when the subject may see it. Raises `Http404`, also for another tenant's."""
    return view.find(Dataset.objects.select_related("created_by"), "dataset.view", pk=dataset_id)


def dataset_body(dataset: Dataset, subject: Subject) -> DatasetItem:
    """A dataset, without its rows."""
    return DatasetItem(
        id=dataset.pk,
        name=dataset.name,
        format=dataset.format,
        rows=dataset.rows,
        bytes=dataset.bytes,
        columns=_columns(dataset),
        created_at=dataset.created_at,
        updated_at=dataset.updated_at,
        created_by=person_body(dataset.created_by),
        can=allowed_actions(subject, dataset, _ACTIONS),
    )


def _columns(dataset: Dataset) -> list[DatasetColumn]:
    return [DatasetColumn(name=column["name"], type=column["type"]) for column in dataset.columns]


def _uploaded_file(request: Request) -> UploadedFile[bytes]:
    unknown = [key for key in (*request.POST, *request.FILES) if key not in ("file", "name")]
    if unknown:
        raise invalid(
            [
                {"field": key, "message": "This field is not known here.", "code": "unknown_field"}
                for key in unknown
            ]
        )
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise invalid([{"field": "file", "message": "Send the dataset as a file.", "code": "missing"}])
    return file


def _format(file: UploadedFile[bytes]) -> str:
    try:
        return format_of(file.name or "")
    except TabularError as error:
        raise invalid([{"field": "file", "message": error.message, "code": "unsupported_format"}]) from error


def _name(request: Request, file: UploadedFile[bytes]) -> str:
    given = request.POST.get("name", "").strip()
    check_storable(given)
    try:
        return check_dataset_name(given or _suggested_name(file.name or ""))
    except TabularError as error:
        raise invalid([{"field": "name", "message": error.message, "code": "invalid_name"}]) from error


def _suggested_name(file_name: str) -> str:
    stem = PurePath(file_name).stem
    return (
        re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9 _.-]+", "-", stem)).strip(" .-_")[:100].rstrip(" .")
        or "dataset"
    )


def _unreadable(error: TabularError) -> ApiProblem:
    found = {"line": error.line, "column": error.column, "message": error.message}
    return ApiProblem(422, "unreadable_dataset", f"The file cannot be read. {error}", errors=[found])


def _refused(error: datasets.DatasetError) -> ApiProblem:
    status = {"too_large": 413, "name_taken": 409}.get(error.code, 422)
    return ApiProblem(status, error.code, error.message, extra=error.facts)
