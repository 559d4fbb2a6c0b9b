"""Which flow is whose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from runtime.lineage.flows.code import coded
from runtime.lineage.flows.places import (
    asked,
    batched,
    called,
    dataset_read,
    dataset_written,
    mailed,
    webhook_called,
)
from runtime.lineage.flows.records import (
    approved,
    by_port,
    from_body,
    masked,
    merged,
    passing,
    transformed,
    valued,
)
from runtime.lineage.flows.sql import queried
from runtime.lineage.flows.unknown import all_unknown
from runtime.lineage.terms import Flow, Step


def _none(step: Step) -> Flow:
    """What such a step gives tells of itself, and of no data."""
    return Flow()


FLOWS: Mapping[str, Callable[[Step], Flow]] = {
    "PythonCodeNode": coded,
    "TransformNode": transformed,
    "MaskNode": masked,
    "MergeNode": merged,
    "SwitchNode": by_port,
    "AccessCheckNode": by_port,
    "ApprovalNode": approved,
    "WaitNode": passing,
    "LoopNode": from_body,
    "MapNode": from_body,
    "SubWorkflowNode": from_body,
    "DatasetReadNode": dataset_read,
    "DatasetWriteNode": dataset_written,
    "SQLQueryNode": queried,
    "HTTPRequestNode": called,
    "LLMAgentNode": asked,
    "BatchProcessorNode": batched,
    "EmailNode": mailed,
    "WebhookCallNode": webhook_called,
    "DataLineageNode": _none,
    "RotatingCredentialNode": _none,
    "ValueNode": valued,
}

# What they give is described outside of the workflow, so that its names are names.
NAMED_OUTSIDE = frozenset(
    {"DatasetReadNode", "SQLQueryNode", "HTTPRequestNode", "LLMAgentNode", "BatchProcessorNode"}
)
_LEFT_OUT: Mapping[str, tuple[str, ...]] = {"HTTPRequestNode": ("headers",)}


def flow_of(step: Step) -> Flow:
    """How the step made its columns. A type that is not known here made them nobody knows how."""
    flow = FLOWS.get(step.type)
    if flow is None:
        return Flow(tuple(all_unknown(step, "this type of step is not looked into")))
    return flow(step)


def is_told(node_type: str, path: str) -> bool:
    """Whether a path of the step's output is a column worth telling."""
    return path.partition(".")[0] not in _LEFT_OUT.get(node_type, ())


def texts_in(config: Any) -> str:
    """All that an author wrote into a configuration, to tell names from data."""
    if isinstance(config, str):
        return config
    if isinstance(config, Mapping):
        return "\n".join(f"{name}\n{texts_in(value)}" for name, value in config.items())
    if isinstance(config, list | tuple):
        return "\n".join(texts_in(item) for item in config)
    return ""
