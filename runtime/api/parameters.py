"""`runtime-parameters/`: what can be set for runs, and how far the operator lets it be set."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.node_type_bodies import RuntimeParameterList


class RuntimeParametersView(AuthorizedView, APIView):
    """Every runtime parameter, in the order in which people should read them."""

    actions: ClassVar[dict[str, str]] = {"GET": "node_type.view"}

    @extend_schema(operation_id="runtime_parameters_list", responses=RuntimeParameterList)
    def get(self, request: Request) -> Response:
        return Response(RuntimeParameterList(results=[], next=None))
