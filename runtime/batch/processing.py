"""What is done with the records of one call: author code, an expression per record, another workflow."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from runtime.batch.protocols import WorkContext
from runtime.batch.sources import Record
from runtime.batch.spec import BatchSpec
from runtime.engine.aside import Aside, Call
from runtime.engine.errors import ExpressionError, NodeError
from runtime.engine.node import Level
from runtime.services_protocol import CodeRequest, NodeServices

CODE_TIMEOUT_S = 60.0
BAD_RESULT = "batch_result"
RECORDS, BATCH_INDEX = "records", "batch_index"  # what a batch gives to its code or workflow
_LEVELS: frozenset[str] = frozenset({"debug", "info", "warning", "error"})
_CHECKS = ("access_control", "accounts.access")  # without one of these names code cannot check access


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one call: a chunk, or a piece of it. `first` is the place of the first in the source."""

    batch_index: int
    first: int
    records: list[Record]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that failed on its own; the other records of its call did not."""

    position: int
    error: NodeError


@dataclass(frozen=True, slots=True)
class Processed:
    outputs: list[Any]
    rejected: tuple[Rejected, ...] = ()


class Process(Protocol):
    async def __call__(self, part: Part) -> Processed:
        """Raises `NodeError` when the call failed as a whole."""
        ...


def process_of(spec: BatchSpec, services: NodeServices, context: WorkContext) -> Process:
    """What the spec's `processing` says. Raises `NodeError` for one that there is not."""
    processing = spec.processing or {"kind": "none"}
    kind = processing.get("kind")
    if kind == "none":
        return _pass_on
    if kind == "expression":
        return ExpressionProcess(processing["expression"], spec.columns)
    if kind == "code":
        return CodeProcess(spec, services, context)
    if kind == "workflow":
        return WorkflowProcess(context)
    raise NodeError(f"there is no processing of the kind {kind!r}", code="invalid_parameter")


async def _pass_on(part: Part) -> Processed:
    return Processed(list(part.records))


class ExpressionProcess:
    """Its value for each record. A record for which it cannot be evaluated fails alone."""

    def __init__(self, expression: str, columns: tuple[str, ...]) -> None:
        # Here, because the nodes import this package.
        from runtime.nodes.conditions import compiled
        from runtime.nodes.records import RecordScope

        self._evaluate = compiled(expression)
        self._columns = dict.fromkeys(columns)
        self._scope = RecordScope

    async def __call__(self, part: Part) -> Processed:
        return await asyncio.to_thread(self._all, part)

    def _all(self, part: Part) -> Processed:
        outputs: list[Any] = []
        rejected: list[Rejected] = []
        columns = self._columns or dict.fromkeys(name for record in part.records for name in record)
        evaluate, scope = self._evaluate, self._scope(columns)
        for position, record in enumerate(part.records, start=part.first):
            scope.row = record
            try:
                outputs.append(evaluate(scope))
            except ExpressionError as error:
                failure = NodeError(error.message, code="expression_failed")
                rejected.append(Rejected(position, failure))
        return Processed(outputs, tuple(rejected))


class CodeProcess:
    """Author code, called with `records` and `batch_index`; its `result` is a list."""

    def __init__(self, spec: BatchSpec, services: NodeServices, context: WorkContext) -> None:
        self._spec = spec
        self._services = services
        self._context = context
        processing: Mapping[str, Any] = spec.processing or {}
        self._code: str = processing["code"]
        self._limit_s: float = processing.get("timeout_s") or CODE_TIMEOUT_S

    async def __call__(self, part: Part) -> Processed:
        value = await self._services.code.run_code(self._request(part), self._on_line)
        if isinstance(value, list):
            return Processed(value)
        raise NodeError(
            "The code of a batch has to assign a list to result: records, or one entry per record; "
            f"it assigned {_kind(value)}.",
            code=BAD_RESULT,
        )

    def _request(self, part: Part) -> CodeRequest:
        left_s = self._context.timeout_s
        return CodeRequest(
            lease=self._spec.key,
            node_id=self._spec.node_id,
            code=self._code,
            inputs={"records": part.records, "batch_index": part.batch_index},
            timeout_s=self._limit_s if left_s is None else min(self._limit_s, left_s),
            seed=self._spec.seed + part.first,
            on_usage=lambda cpu_s, peak_mb: self._context.use(cpu_s=cpu_s, peak_mb=peak_mb),
            may=self._may(),
        )

    def _may(self) -> frozenset[str] | None:
        """What checks in the code can allow; asked only where there may be some."""
        desk = getattr(self._services, "access", None)
        if desk is None or not any(name in self._code for name in _CHECKS):
            return None
        limit: frozenset[str] | None = desk.limit()
        return limit

    def _on_line(self, level: str, text: str) -> None:
        self._context.log(cast(Level, level) if level in _LEVELS else "info", text)


class WorkflowProcess:
    """Another workflow, run once for each call; the output that is named is a list."""

    def __init__(self, context: WorkContext) -> None:
        """Raises `NodeError` where there is no such workflow at hand."""
        aside: Aside | None = getattr(context, "aside", None)
        if aside is None:
            raise NodeError("nothing here runs other workflows", code="needs_runtime")
        self._aside = aside
        self._takes_index = BATCH_INDEX in aside.declared
        self._context = context

    async def __call__(self, part: Part) -> Processed:
        try:
            value = await self._aside.run(self._call(part), self._context.log)
        except NodeError as error:
            raise _located(error) from error
        if isinstance(value, list):
            return Processed(value)
        raise NodeError(
            "The workflow of a batch has to return a list: records, or one entry per record; "
            f"it returned {_kind(value)}. Say which of its outputs that is.",
            code=BAD_RESULT,
        )

    def _call(self, part: Part) -> Call:
        inputs: dict[str, Any] = {RECORDS: part.records}
        if self._takes_index:
            inputs[BATCH_INDEX] = part.batch_index
        # A piece of a batch begins where the whole does: what it does outside is not what the whole did.
        return Call(part.first + 1, f"+{len(part.records)}", inputs, self._context.timeout_s)


def _located(error: NodeError) -> NodeError:
    """The error with the step of the workflow that failed in its message."""
    inner = error.facts.get("inner")
    if not inner:
        return error
    step = str(inner).rpartition("/")[2]
    return NodeError(f"{step}: {error.message}", code=error.code, retryable=error.retryable, **error.facts)


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    return "nothing" if value is None else type(value).__name__
