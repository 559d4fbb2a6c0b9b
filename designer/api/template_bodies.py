"""Bodies of templates."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from runtime.api.body import Body, Name, RequestBody, Text
from runtime.api.graph_bodies import Graph


class TemplateStep(Body):
    """A step as the gallery draws it."""

    id: str
    type: str
    label: str
    parent: str | None
    position: list[float]


class TemplateWire(Body):
    source: str
    target: str
    kind: Literal["data", "error"]


class TemplateDataset(Body):
    """Made-up records that the template reads. `here`: the workspace has a dataset of this name."""

    name: str
    about: str
    here: bool


class TemplateItem(Body):
    """A workflow to begin with."""

    key: str
    title: str
    summary: str
    description: str
    category: Literal["data", "integration", "people", "governance", "ai"]
    steps: list[TemplateStep]
    wires: list[TemplateWire]
    datasets: list[TemplateDataset]
    next_steps: list[str] = Field(description="What to change to make it one's own.")


class TemplateList(Body):
    results: list[TemplateItem]
    next: str | None


class TemplateDetail(TemplateItem):
    """With the workflow that it begins as."""

    config_schema: dict[str, Any] = Field(description="JSON Schema of what `use/` takes as `config`.")
    graph: Graph


class TemplateUse(RequestBody):
    """Without a name or a description the template's own are taken; without `config` its demo data."""

    name: Name | None = None
    description: Text | None = None
    config: dict[str, Any] = {}
