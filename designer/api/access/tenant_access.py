"""`tenant/access/`: what the workspace asks for where access is changed."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import is_allowed
from accounts.identity.step_up import Purpose, require_step_up
from accounts.models import Tenant
from accounts.services.access_settings import SETTINGS, change_access_settings
from designer.api.access.policy_draft_bodies import AccessSettings, AccessSettingsChange
from designer.api.access.tenants import tenant_of
from runtime.api.parsing import read_body


class AccessSettingsView(AuthorizedView, APIView):
    """Whether a second person approves policies, what is logged, and when a second factor is asked for."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view", "PATCH": "policy.manage"}

    @extend_schema(operation_id="tenant_access_retrieve", responses=AccessSettings)
    def get(self, request: Request) -> Response:
        return Response(self._body(Tenant.objects.get(pk=tenant_of(self))))

    @extend_schema(
        operation_id="tenant_access_partial_update", request=AccessSettingsChange, responses=AccessSettings
    )
    def patch(self, request: Request) -> Response:
        require_step_up(request, Purpose.SETTINGS)
        asked = read_body(request, AccessSettingsChange)
        changes = {name: value for name, value in asked.model_dump().items() if value is not None}
        return Response(self._body(change_access_settings(tenant_of(self), changes, user=self.subject)))

    def _body(self, tenant: Tenant) -> AccessSettings:
        can = ["policy.manage"] if is_allowed(self.subject, "policy.manage") else []
        return AccessSettings(can=can, **{name: getattr(tenant, name) for name in SETTINGS})
