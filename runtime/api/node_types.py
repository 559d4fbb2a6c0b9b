"""`node-types/`: the node library."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.node_type_bodies import NodeType, NodeTypeList
from runtime.services.registry import node_registry


class NodeTypesView(AuthorizedView, APIView):
    """Every node type that can be placed."""

    actions: ClassVar[dict[str, str]] = {"GET": "node_type.view"}

    @extend_schema(operation_id="node_types_list", responses=NodeTypeList)
    def get(self, request: Request) -> Response:
        return Response(_node_types(), headers={"Cache-Control": "private, max-age=60"})


@cache
def _node_types() -> NodeTypeList:
    return NodeTypeList(results=[_node_type(name) for name in node_registry().types()], next=None)


def _node_type(name: str) -> NodeType:
    return NodeType.model_validate(node_registry().describe(name))
