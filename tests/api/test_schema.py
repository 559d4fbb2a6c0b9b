from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.contract import Api, document
from tests.people import make_tenant, make_user


def test_the_document_is_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "schema.yml"))


def test_the_front_ends_copy_is_the_document_of_today() -> None:
    """`manage.py spectacular --format openapi-json --file static/ui/openapi.json` writes it anew."""
    kept = json.loads((settings.BASE_DIR / "static" / "ui" / "openapi.json").read_text(encoding="utf-8"))

    assert kept == json.loads(json.dumps(document()))


@pytest.mark.django_db
def test_the_document_is_served_to_people_who_are_signed_in() -> None:
    response = Api(make_user(make_tenant(), "viewer")).get("schema/")

    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")
    assert Api().get("schema/").status_code == 401


def test_every_operation_names_its_error_and_its_answer() -> None:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            assert "default" in operation["responses"], (method, path)
            assert any(status.startswith("2") for status in operation["responses"]), (method, path)
            assert operation["operationId"], (method, path)


def test_references_lead_somewhere_and_fields_of_answers_are_always_there() -> None:
    schemas = document()["components"]["schemas"]
    references = set(find_references(document()))

    assert references <= {f"#/components/schemas/{name}" for name in schemas}
    for name in (
        "WorkflowItem",
        "Draft",
        "RunDetail",
        "RunNodeDetail",
        "DatasetItem",
        "NodeType",
        "GraphNode",
    ):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name


def find_references(part: Any) -> Any:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for child in part.values():
            yield from find_references(child)
    elif isinstance(part, list):
        for child in part:
            yield from find_references(child)
