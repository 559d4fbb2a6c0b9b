"""`credentials/` and `credential-types/`: secrets go in and never come out."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject, allowed_actions, may_somewhere, visible
from accounts.identity.step_up import Purpose, require_step_up
from runtime.api.credential_bodies import (
    CredentialChange,
    CredentialFilters,
    CredentialHealth,
    CredentialHolder,
    CredentialItem,
    CredentialList,
    CredentialName,
    CredentialNames,
    CredentialRun,
    CredentialTest,
    CredentialTypeItem,
    CredentialTypeList,
    CredentialUsage,
    CredentialUserItem,
    NameFilters,
    NewCredential,
    NewCredentialTest,
)
from runtime.api.errors import ApiProblem, invalid
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import field_errors, query_of, read_body, read_query
from runtime.api.people import person_body
from runtime.credentials.health import Known, health_of
from runtime.credentials.types import CREDENTIAL_TYPES
from runtime.models import Credential, CredentialUse, Run, Workflow
from runtime.queries.credential_facts import Facts, facts_of
from runtime.queries.credential_users import CredentialUser, users_of
from runtime.services import credentials
from runtime.services.credential_leases import live_leases
from runtime.services.credential_probes import NEEDS_URL
from runtime.services.credential_trials import try_credential
from runtime.services.credentials import UNCHANGED, CredentialError, CredentialInUse, InvalidValues

_ACTIONS = ("credential.edit", "credential.delete", "credential.use")
_RUNS_SHOWN = 20
_STATUS = {
    "name_taken": 409,
    "credential_in_use": 409,
    "credential_key_missing": 503,
    "credential_unreadable": 409,
}


class CredentialsView(AuthorizedView, APIView):
    """The workspace's credentials."""

    actions: ClassVar[dict[str, str]] = {"GET": "credential.view", "POST": "credential.create"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})

    @extend_schema(
        operation_id="credentials_list", parameters=query_of(CredentialFilters), responses=CredentialList
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, CredentialFilters)
        rows = visible(
            Credential.objects.select_related("created_by", "updated_by"), self.subject, "credential.view"
        )
        if filters.search:
            rows = rows.filter(name__icontains=filters.search)
        if filters.type:
            rows = rows.filter(type=filters.type)
        page, cursor = newest_first(rows, filters, key="updated_at")
        facts = facts_of(page)
        results = [credential_body(row, self.subject, facts[row.pk]) for row in page]
        return Response(CredentialList(results=results, next=next_address(request, cursor)))

    @extend_schema(operation_id="credentials_create", request=NewCredential, responses={201: CredentialItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewCredential)
        user = self.subject
        made = Credential(tenant=user.tenant, name=asked.name, type=asked.type, created_by=user)
        self.require_new("credential.create", made)
        require_step_up(request, Purpose.CREDENTIAL)
        try:
            credential = credentials.create_credential(
                user=self.subject,
                name=asked.name,
                type=asked.type,
                description=asked.description,
                values=asked.values,
                expires_at=asked.expires_at,
            )
        except (CredentialError, InvalidValues) as error:
            raise _refused(error) from error
        location = f"/api/v1/credentials/{credential.pk}/"
        return Response(credential_body(credential, self.subject), status=201, headers={"Location": location})


class CredentialView(AuthorizedView, APIView):
    """One credential."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "credential.view",
        "PATCH": "credential.edit",
        "DELETE": "credential.delete",
    }

    @extend_schema(operation_id="credentials_retrieve", responses=CredentialItem)
    def get(self, request: Request, credential_id: UUID) -> Response:
        return Response(credential_body(find_credential(self, credential_id), self.subject))

    @extend_schema(
        operation_id="credentials_partial_update", request=CredentialChange, responses=CredentialItem
    )
    def patch(self, request: Request, credential_id: UUID) -> Response:
        credential = find_credential(self, credential_id, "credential.edit")
        require_step_up(request, Purpose.CREDENTIAL)
        asked = read_body(request, CredentialChange)
        try:
            changed = credentials.change_credential(
                credential,
                user=self.subject,
                name=asked.name,
                description=asked.description,
                values=asked.values,
                expires_at=asked.expires_at if "expires_at" in asked.model_fields_set else UNCHANGED,
            )
        except (CredentialError, InvalidValues) as error:
            raise _refused(error) from error
        return Response(credential_body(changed, self.subject))

    @extend_schema(operation_id="credentials_destroy", responses={204: None})
    def delete(self, request: Request, credential_id: UUID) -> Response:
        credential = find_credential(self, credential_id, "credential.delete")
        require_step_up(request, Purpose.CREDENTIAL)
        try:
            credentials.delete_credential(credential)
        except CredentialInUse as error:
            raise _refused(error) from error
        return Response(status=204)


class CredentialUsageView(AuthorizedView, APIView):
    """What names a credential, and the last runs that were given it."""

    actions: ClassVar[dict[str, str]] = {"GET": "credential.view"}

    @extend_schema(operation_id="credentials_usage", responses=CredentialUsage)
    def get(self, request: Request, credential_id: UUID) -> Response:
        credential = find_credential(self, credential_id)
        users = users_of(credential)
        shown = self._shown(users)
        may_see_runs = may_somewhere(self.subject, "run.view")
        return Response(
            CredentialUsage(
                users=[_user_body(user) for user in shown],
                hidden=len(users) - len(shown),
                holders=_holders(credential, self.subject) if may_see_runs else [],
                runs=_runs(credential, self.subject) if may_see_runs else [],
            )
        )

    def _shown(self, users: list[CredentialUser]) -> list[CredentialUser]:
        """Those of workflows that the reader may see."""
        wanted = {user.workflow_id for user in users}
        if not wanted or not may_somewhere(self.subject, "workflow.view"):
            return []
        seen = visible(Workflow.objects.filter(pk__in=wanted), self.subject, "workflow.view")
        shown = set(seen.values_list("pk", flat=True))
        return [user for user in users if user.workflow_id in shown]


class CredentialTestView(AuthorizedView, APIView):
    """Tries it on what it opens; answered when that has ended, within some 20 seconds."""

    actions: ClassVar[dict[str, str]] = {"POST": "credential.use"}

    @extend_schema(operation_id="credentials_test", request=NewCredentialTest, responses=CredentialItem)
    def post(self, request: Request, credential_id: UUID) -> Response:
        credential = find_credential(self, credential_id, "credential.use")
        require_step_up(request, Purpose.CREDENTIAL)
        asked = read_body(request, NewCredentialTest)
        try:
            tried = try_credential(credential, user=self.subject, url=asked.url.strip())
        except CredentialError as error:
            raise _refused(error) from error
        return Response(credential_body(tried, self.subject))


class CredentialNamesView(AuthorizedView, APIView):
    """The names that a picker offers, in order."""

    actions: ClassVar[dict[str, str]] = {"GET": "credential.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET"})

    @extend_schema(
        operation_id="credentials_names", parameters=query_of(NameFilters), responses=CredentialNames
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, NameFilters)
        rows = visible(Credential.objects.order_by("name"), self.subject, "credential.view")
        if filters.type:
            rows = rows.filter(type=filters.type)
        if filters.use:
            kinds = [key for key, kind in CREDENTIAL_TYPES.items() if filters.use in kind.use]
            rows = rows.filter(type__in=kinds)
        names = [
            CredentialName(name=row.name, type=_type_name(row.type), description=row.description)
            for row in rows
        ]
        return Response(CredentialNames(results=names))


class CredentialTypesView(AuthorizedView, APIView):
    """Every type of credential."""

    actions: ClassVar[dict[str, str]] = {"GET": "credential.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET"})

    @extend_schema(operation_id="credential_types_list", responses=CredentialTypeList)
    def get(self, request: Request) -> Response:
        return Response(_types(), headers={"Cache-Control": "private, max-age=60"})


def find_credential(view: AuthorizedView, credential_id: UUID, action: str = "credential.view") -> Credential:
    """The credential, checked for `action`. Raises `Http404`, also for another tenant's."""
    rows = Credential.objects.select_related("created_by", "updated_by")
    credential = view.find(rows, "credential.view", pk=credential_id)
    if action != "credential.view":
        view.require(action, credential)
    return credential


def credential_body(credential: Credential, subject: Subject, facts: Facts | None = None) -> CredentialItem:
    """A credential, without its secrets. Without `facts` they are looked up."""
    kind = CREDENTIAL_TYPES[credential.type]
    facts = facts or facts_of([credential])[credential.pk]
    health = health_of(_known(credential, facts), timezone.now())
    return CredentialItem(
        id=credential.pk,
        name=credential.name,
        type=_type_name(credential.type),
        description=credential.description,
        fields=credential.fields,
        secret_fields=sorted(kind.secret_fields),
        version=credential.version,
        created_at=credential.created_at,
        updated_at=credential.updated_at,
        created_by=person_body(credential.created_by),
        updated_by=person_body(credential.updated_by),
        last_used_at=credential.last_used_at,
        expires_at=credential.expires_at,
        health=CredentialHealth(state=health.state, reason=health.reason),
        test=_test_body(credential),
        needs_url=credential.type in NEEDS_URL,
        workflows=facts.workflows,
        running=facts.running,
        held=facts.held,
        can=allowed_actions(subject, credential, _ACTIONS),
    )


def _known(credential: Credential, facts: Facts) -> Known:
    return Known(
        version=credential.version,
        since=facts.since,
        expires_at=credential.expires_at,
        last_used_at=credential.last_used_at,
        tested_at=credential.tested_at,
        tested_version=credential.tested_version,
        test_ok=credential.test_ok,
        test_reason=credential.test_reason,
        refused_at=credential.refused_at,
        refused_version=credential.refused_version,
    )


def _test_body(credential: Credential) -> CredentialTest | None:
    if credential.tested_at is None:
        return None
    return CredentialTest(
        at=credential.tested_at,
        ok=bool(credential.test_ok),
        reason=credential.test_reason,
        version=credential.tested_version or 1,
    )


@cache
def _types() -> CredentialTypeList:
    return CredentialTypeList(
        results=[
            CredentialTypeItem(
                type=_type_name(kind.key),
                label=kind.label,
                description=kind.description,
                values_schema=kind.schema(),
                secret_fields=sorted(kind.secret_fields),
                use=list(kind.use),
            )
            for kind in CREDENTIAL_TYPES.values()
        ]
    )


def _type_name(name: str) -> Any:
    """Stored types are those of the table; pydantic checks it."""
    return name


def _user_body(user: CredentialUser) -> CredentialUserItem:
    return CredentialUserItem(
        kind=user.kind, id=user.id, name=user.name, workflow=user.workflow_id, nodes=list(user.nodes)
    )


def _runs(credential: Credential, subject: Subject) -> list[CredentialRun]:
    seen = visible(Run.objects.all(), subject, "run.view")
    uses = CredentialUse.objects.filter(credential=credential, run__in=seen)
    uses = uses.select_related("run__workflow", "used_by")
    return [
        CredentialRun(
            id=use.run.pk,
            number=use.run.number,
            workflow=use.run.workflow_id,
            workflow_name=use.run.workflow.name,
            version=use.number,
            used_at=use.used_at,
            used_by=person_body(use.used_by),
        )
        for use in uses.order_by("-used_at")[:_RUNS_SHOWN]
    ]


def _holders(credential: Credential, subject: Subject) -> list[CredentialHolder]:
    seen = visible(Run.objects.all(), subject, "run.view")
    leases = live_leases(credential).filter(run__in=seen).select_related("run__workflow")
    return [
        CredentialHolder(
            run=lease.run.pk,
            number=lease.run.number,
            workflow_name=lease.run.workflow.name,
            node=lease.node,
            version=lease.version,
            since=lease.at,
        )
        for lease in leases[:_RUNS_SHOWN]
        if lease.run is not None
    ]


def _refused(error: CredentialError | InvalidValues) -> ApiProblem:
    if isinstance(error, InvalidValues):
        return invalid([{**item, "field": f"values.{item['field']}"} for item in field_errors(error.errors)])
    if isinstance(error, CredentialInUse):
        users = [_user_body(user).model_dump(mode="json") for user in error.users]
        return ApiProblem(409, error.code, error.message, extra={"users": users})
    if "field" in error.facts:
        found = {"field": error.facts["field"], "message": error.message, "code": error.code}
        return ApiProblem(_STATUS.get(error.code, 422), error.code, error.message, errors=[found])
    return ApiProblem(_STATUS.get(error.code, 422), error.code, error.message)
