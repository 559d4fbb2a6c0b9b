"""A record of lineage as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.authorization import Subject, is_allowed
from runtime.engine.errors import GraphError
from runtime.engine.paths import locate
from runtime.engine.secret import DOTS
from runtime.masking.reader import RunReader
from runtime.masking.readers import eyes_of, reader_of
from runtime.masking.shown import Denial
from runtime.models import LineageRecord
from runtime.queries.plans import plan_of_run

_OURS = frozenset({"system", "table", "fields", "kind", "count", "columns", "name", "type"})
RUN_GONE = (
    "The run of this record is deleted, so what is masked in it cannot be found out."
    " Ask somebody who sees everything unmasked."
)
NO_DATA = "What the step was given is shown to those who may see the data of runs."


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """What is None is not shown, and `denied` says why, by part: `stated` and `inputs`."""

    transformation_type: str | None
    source: dict[str, Any] | None
    target: dict[str, Any] | None
    inputs: dict[str, Any] | None
    denied: dict[str, Denial]


def shown_record(subject: Subject, record: LineageRecord) -> ShownRecord:
    """Expects `run__workflow` to be loaded where the run is there."""
    if record.run is None:
        return _without_run(subject, record)
    reader = reader_of(subject, record.run)
    denied = _denied(subject, record, reader)
    written = _written(record)

    def text(value: str) -> str:
        return value if value in written else reader.text(record.node, value)

    stated = "stated" not in denied
    return ShownRecord(
        text(record.transformation_type) if stated else None,
        _cleaned(record.source, text) if stated else None,
        _cleaned(record.target, text) if stated else None,
        _cleaned(record.inputs, text) if "inputs" not in denied else None,
        denied,
    )


def _written(record: LineageRecord) -> frozenset[str]:
    """The texts of the step's configuration: who sees that sees them. What `${}` filled in is data."""
    assert record.run is not None  # noqa: S101
    try:
        place = locate(plan_of_run(record.run), record.node)
    except GraphError:
        return frozenset()
    return frozenset() if place is None else frozenset(_texts(place.node.spec.config))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _denied(subject: Subject, record: LineageRecord, reader: RunReader) -> dict[str, Denial]:
    found = {"stated": reader.denial(record.node, "config"), "inputs": reader.denial(record.node, "inputs")}
    denied = {part: denial for part, denial in found.items() if denial is not None}
    if "inputs" not in denied and not is_allowed(subject, "run.data", record.run or record.workflow):
        denied["inputs"] = _denial(record, "run.data", NO_DATA, "no_role")
    return denied


def _without_run(subject: Subject, record: LineageRecord) -> ShownRecord:
    """Whole for a reader for whom nothing is judged node by node; otherwise nobody knows what to hide."""
    denied: dict[str, Denial] = {}
    if eyes_of(subject).judges_nodes:
        denial = _denial(record, "node.config", RUN_GONE, "run_deleted")
        denied = {"stated": denial, "inputs": denial}
    else:
        if not is_allowed(subject, "node.config", record.workflow):
            denied["stated"] = _denial(record, "node.config", RUN_GONE, "run_deleted")
        if not is_allowed(subject, "run.data", record.workflow):
            denied["inputs"] = _denial(record, "run.data", NO_DATA, "no_role")
    stated = "stated" not in denied
    return ShownRecord(
        record.transformation_type if stated else None,
        record.source if stated else None,
        record.target if stated else None,
        record.inputs if "inputs" not in denied else None,
        denied,
    )


def _denial(record: LineageRecord, action: str, reason: str, rule: str) -> Denial:
    return Denial(action, "workflow", str(record.workflow_id), reason, rule, can_request=False)


def _cleaned(value: Any, text: Callable[[str], str]) -> Any:
    """The same with every text, names included, as the reader may see it."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        cleaned: dict[str, Any] = {}
        for name, item in value.items():
            shown = name if name in _OURS else text(name)
            cleaned[shown if shown not in cleaned else DOTS] = _cleaned(item, text)
        return cleaned
    return [_cleaned(item, text) for item in value] if isinstance(value, list) else value
