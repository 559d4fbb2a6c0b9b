"""`runtime-parameters/`: what can be set for runs, and how far the operator lets it be set."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.parameter_bodies import RuntimeParameter, RuntimeParameterList
from runtime.engine.caps import Caps, limit_text
from runtime.engine.parameters import PARAMETERS, Parameter
from runtime.services.limits import server_caps


class RuntimeParametersView(AuthorizedView, APIView):
    """Every runtime parameter, in the order in which people should read them."""

    actions: ClassVar[dict[str, str]] = {"GET": "node_type.view"}

    @extend_schema(operation_id="runtime_parameters_list", responses=RuntimeParameterList)
    def get(self, request: Request) -> Response:
        caps = server_caps()
        found = [_body(parameter, caps) for parameter in PARAMETERS.values()]
        return Response(RuntimeParameterList(results=found, next=None))


def _body(parameter: Parameter, caps: Caps) -> RuntimeParameter:
    cap = caps.of(parameter.name)
    is_past = parameter.is_looser(parameter.default, cap)
    return RuntimeParameter(
        name=parameter.name,
        title=parameter.title,
        description=parameter.description,
        unit=parameter.unit,
        group=parameter.group,
        schema=dict(parameter.schema),
        default=cap if is_past else parameter.default,
        null_means=parameter.null_means,
        cap=cap,
        cap_text=None if cap is None else limit_text(parameter, cap),
        settable=parameter.settable,
    )
