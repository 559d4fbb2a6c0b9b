"""`policies/import/` and `policies/export/`: policies as files hold them."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.services.policy_files import export_policies, import_policies
from designer.api.access.policy_draft_bodies import ExportedPolicies, Imported, ImportedPolicy, PolicyFiles
from designer.api.access.policy_items import policy_rows
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from runtime.api.idempotency import once
from runtime.api.parsing import read_body


class PolicyImportView(AuthorizedView, APIView):
    """Takes all policies of a file or none, and sets none in force: each is a draft."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.manage"}

    @extend_schema(operation_id="policies_import", request=PolicyFiles, responses={201: Imported})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._import(request))

    def _import(self, request: Request) -> Response:
        asked = read_body(request, PolicyFiles)
        with refusing():
            drafts = import_policies(tenant_of(self), asked.policies, user=self.subject)
        made = sum(each.made for each in drafts)
        policies = [ImportedPolicy(id=each.policy.pk, key=each.policy.key, made=each.made) for each in drafts]
        body = Imported(created=made, changed=len(drafts) - made, policies=policies)
        return Response(body, status=201)


class PolicyExportView(AuthorizedView, APIView):
    """Every policy that may be seen, in the order of keys."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view"}
    by_object = frozenset({"GET"})

    @extend_schema(operation_id="policies_export", responses=ExportedPolicies)
    def get(self, request: Request) -> Response:
        rows = policy_rows(self.subject).order_by("key")
        return Response(ExportedPolicies(policies=export_policies(rows)))
