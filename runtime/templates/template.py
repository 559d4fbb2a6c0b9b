"""What a template is: steps made by a configuration, and what the gallery tells of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.config import JsonDict

from runtime.builder import WorkflowBuilder
from runtime.engine.errors import ParameterError
from runtime.engine.problems import Problem, near_match
from runtime.templates.steps import Steps

DATA = Path(__file__).parent / "data"
A_DATASET: JsonDict = {"x-widget": "dataset"}
"""`json_schema_extra` of a setting that names a dataset; the form is drawn as that of a node type."""
Category = Literal["data", "integration", "people", "governance", "ai"]


class TemplateConfig(BaseModel):
    """Base of the configurations. Every key has a default with which the template runs on its demo data."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class DemoDataset:
    """Made-up records that a template reads until it gets data of one's own."""

    name: str
    about: str

    @property
    def file(self) -> Path:
        return DATA / f"{self.name}.csv"


@dataclass(frozen=True, slots=True)
class Template:
    """`key` is also the name of its method on `BusinessWorkflowTemplates`.

    `place` adds the steps for a configuration. `next_steps`: what to change to make it one's own.
    """

    key: str
    title: str
    summary: str
    description: str
    category: Category
    config: type[TemplateConfig]
    place: Callable[[Steps, Any], None]
    datasets: tuple[DemoDataset, ...] = ()
    next_steps: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def add_to(self, workflow: WorkflowBuilder, *, prefix: str = "", **config: Any) -> tuple[str, ...]:
        """Adds the steps to a workflow and returns their ids, in order.

        `prefix` stands before each id, so that a template fits twice into a workflow. Raises
        `ParameterError` with `problems`, each naming its field, before anything is added.
        """
        read = self.read_config(config)
        steps = Steps(workflow, prefix)
        self.place(steps, read)
        return tuple(steps.ids)

    def read_config(self, config: Mapping[str, Any]) -> TemplateConfig:
        """The configuration, checked. Raises `ParameterError` as `add_to`."""
        try:
            return self.config.model_validate(dict(config))
        except ValidationError as error:
            raise self._refusal(error) from error

    def document(self, config: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The graph document, as a workflow begins with it."""
        workflow = WorkflowBuilder(settings=self.settings)
        self.add_to(workflow, **(config or {}))
        return workflow.to_document()

    def _refusal(self, error: ValidationError) -> ParameterError:
        problems = [self._problem(item) for item in _findings(error)]
        listed = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        return ParameterError(f"{self.key}: {listed}", problems=[problem.to_dict() for problem in problems])

    def _problem(self, item: dict[str, Any]) -> Problem:
        path = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            known = sorted(self.config.model_fields)
            hint = near_match(str(item["loc"][-1]), known) or f"It has: {', '.join(known)}."
            return Problem("unknown_config_key", "is not a setting of this template", field=path, hint=hint)
        message = str(item["msg"]).removeprefix("Value error, ")
        return Problem("invalid_parameter", message[:1].lower() + message[1:], field=path)


def _findings(error: ValidationError) -> list[dict[str, Any]]:
    """Without `too short` where items are there and only wrong: those have findings of their own."""
    found: list[dict[str, Any]] = [
        dict(item) for item in error.errors(include_url=False, include_input=False)
    ]
    return [item for item in found if item["type"] != "too_short" or not _has_inner(item["loc"], found)]


def _has_inner(location: tuple[int | str, ...], found: list[dict[str, Any]]) -> bool:
    depth = len(location)
    return any(len(item["loc"]) > depth and item["loc"][:depth] == location for item in found)
