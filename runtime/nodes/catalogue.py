"""The explicit list of node types, and those that installed packages add."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points

from runtime.engine.errors import ParameterError
from runtime.engine.node import Node
from runtime.engine.registry import NodeRegistry
from runtime.nodes.access_check import AccessCheckNode
from runtime.nodes.approval import ApprovalNode
from runtime.nodes.batch_processor import BatchProcessorNode
from runtime.nodes.data_lineage import DataLineageNode
from runtime.nodes.dataset_read import DatasetReadNode
from runtime.nodes.dataset_write import DatasetWriteNode
from runtime.nodes.email import EmailNode
from runtime.nodes.http_request import HTTPRequestNode
from runtime.nodes.llm_agent import LLMAgentNode
from runtime.nodes.loop import LoopNode
from runtime.nodes.map import MapNode
from runtime.nodes.mask import MaskNode
from runtime.nodes.merge import MergeNode
from runtime.nodes.python_code import PythonCodeNode
from runtime.nodes.rotating_credential import RotatingCredentialNode
from runtime.nodes.sql_query import SQLQueryNode
from runtime.nodes.sub_workflow import SubWorkflowNode
from runtime.nodes.switch import SwitchNode
from runtime.nodes.transform import TransformNode
from runtime.nodes.value import ValueNode
from runtime.nodes.wait import WaitNode
from runtime.nodes.webhook_call import WebhookCallNode

ENTRY_POINTS = "lockgate.nodes"

# In the order of the node library.
BUILT_IN: tuple[type[Node], ...] = (
    PythonCodeNode,
    HTTPRequestNode,
    LLMAgentNode,
    SwitchNode,
    MergeNode,
    LoopNode,
    MapNode,
    SubWorkflowNode,
    WaitNode,
    ApprovalNode,
    AccessCheckNode,
    ValueNode,
    TransformNode,
    MaskNode,
    DatasetReadNode,
    DatasetWriteNode,
    BatchProcessorNode,
    SQLQueryNode,
    EmailNode,
    WebhookCallNode,
    DataLineageNode,
    RotatingCredentialNode,
)


@lru_cache(maxsize=1)
def registry() -> NodeRegistry:
    """Every node type of this installation. Raises `ParameterError` for an entry point that is none."""
    added = [_load(point) for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name)]
    return NodeRegistry([*BUILT_IN, *added])


def _load(point: EntryPoint) -> type[Node]:
    node_class = point.load()
    if not (isinstance(node_class, type) and issubclass(node_class, Node)):
        raise ParameterError(
            f"the entry point {point.name!r} in {ENTRY_POINTS!r} is no node class: {point.value}"
        )
    return node_class
