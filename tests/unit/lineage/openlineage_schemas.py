"""Validates events by the schemas of OpenLineage, which lie beside the project, and by its own client."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("OPENLINEAGE_SCHEMAS") or ROOT.parent / "shared" / "openlineage")

needs_schemas = pytest.mark.skipif(
    not (FOLDER / "OpenLineage.json").is_file(),
    reason=f"the schemas of OpenLineage are not in {FOLDER}: set OPENLINEAGE_SCHEMAS",
)


@cache
def _registry() -> Any:
    from referencing import Registry, Resource

    files = [FOLDER / "OpenLineage.json", *sorted((FOLDER / "facets").glob("*.json"))]
    schemas = [json.loads(path.read_text()) for path in files]
    return Registry().with_resources([(schema["$id"], Resource.from_contents(schema)) for schema in schemas])


@cache
def _validator(address: str) -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    return Draft202012Validator(
        {"$ref": address}, registry=_registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def complaints(event: dict[str, Any]) -> list[str]:
    """What is wrong with an event and with each facet in it, by the schema that it names."""
    found = [error.message for error in _validator(event["schemaURL"]).iter_errors(event)]
    for name, facet in _facets(event):
        found += [f"{name}: {error.message}" for error in _own(facet).iter_errors(facet)]
    return found


def _own(facet: dict[str, Any]) -> Any:
    address, _, pointer = facet["_schemaURL"].partition("#")
    contents = _registry().contents(address)
    assert pointer.removeprefix("/$defs/") in contents["$defs"], facet["_schemaURL"]
    return _validator(facet["_schemaURL"])


def _facets(value: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        own = [
            (name, item) for name, item in value.items() if isinstance(item, dict) and "_schemaURL" in item
        ]
        return own + [pair for item in value.values() for pair in _facets(item)]
    return [pair for item in value for pair in _facets(item)] if isinstance(value, list) else []
