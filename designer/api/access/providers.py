"""`identity-providers/`: by whom a workspace's people may sign in."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.identity.step_up import Purpose, require_step_up
from accounts.models import IdentityProvider, Tenant
from designer.api.access.provider_bodies import (
    IssuerAsked,
    IssuerFound,
    NewProvider,
    ProviderChange,
    ProviderItem,
    ProviderList,
)
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from designer.identity.asking import Asking
from designer.identity.flow import return_address
from designer.identity.providers import change_provider, create_provider, delete_provider
from designer.identity.refusals import SignInRefused
from runtime.api.parsing import read_body

_MANAGE = "user.manage"


class ProvidersView(AuthorizedView, APIView):
    """All of the workspace, on one page."""

    actions: ClassVar[dict[str, str]] = {"GET": _MANAGE, "POST": _MANAGE}

    @extend_schema(operation_id="identity_providers_list", responses=ProviderList)
    def get(self, request: Request) -> Response:
        tenant_id = tenant_of(self)
        slug = Tenant.objects.only("slug").get(pk=tenant_id).slug
        address = f"{settings.PUBLIC_URL}{reverse('account_login')}?{urlencode({'workspace': slug})}"
        return Response(
            ProviderList(
                results=[_item(row) for row in _rows(tenant_id)],
                return_address=return_address(),
                sign_in_address=address,
            )
        )

    @extend_schema(
        operation_id="identity_providers_create", request=NewProvider, responses={201: ProviderItem}
    )
    def post(self, request: Request) -> Response:
        asked = read_body(request, NewProvider)
        tenant_id = tenant_of(self)
        require_step_up(request, Purpose.SETTINGS)
        fields = asked.model_dump(exclude={"client_secret", "mapping"})
        with refusing():
            row = create_provider(
                by=self.subject, secret=asked.client_secret or None, rules=list(asked.mapping), **fields
            )
        return Response(_item(_rows(tenant_id).get(pk=row.pk)), status=201)


class ProviderView(AuthorizedView, APIView):
    """One provider."""

    actions: ClassVar[dict[str, str]] = {"GET": _MANAGE, "PATCH": _MANAGE, "DELETE": _MANAGE}

    @extend_schema(operation_id="identity_providers_retrieve", responses=ProviderItem)
    def get(self, request: Request, provider_id: UUID) -> Response:
        return Response(_item(self._find(provider_id)))

    @extend_schema(
        operation_id="identity_providers_partial_update", request=ProviderChange, responses=ProviderItem
    )
    def patch(self, request: Request, provider_id: UUID) -> Response:
        row = self._find(provider_id)
        asked = read_body(request, ProviderChange)
        require_step_up(request, Purpose.SETTINGS)
        changes = asked.model_dump(exclude={"version", "client_secret", "mapping"}, exclude_none=True)
        with refusing():
            change_provider(
                row,
                by=self.subject,
                version=asked.version,
                rules=None if asked.mapping is None else list(asked.mapping),
                changes=changes,
                secret=asked.client_secret,
            )
        return Response(_item(self._find(provider_id)))

    @extend_schema(operation_id="identity_providers_destroy", responses={204: None})
    def delete(self, request: Request, provider_id: UUID) -> Response:
        row = self._find(provider_id)
        require_step_up(request, Purpose.SETTINGS)
        delete_provider(row, by=self.subject)
        return Response(status=204)

    def _find(self, provider_id: UUID) -> Any:
        return self.find(_rows(tenant_of(self)), _MANAGE, pk=provider_id)


class IssuerCheckView(AuthorizedView, APIView):
    """Asks a provider for its documents, as a sign-in would."""

    actions: ClassVar[dict[str, str]] = {"POST": _MANAGE}

    @extend_schema(operation_id="identity_providers_check", request=IssuerAsked, responses=IssuerFound)
    def post(self, request: Request) -> Response:
        return Response(async_to_sync(_look)(read_body(request, IssuerAsked).issuer))


async def _look(issuer: str) -> IssuerFound:
    try:
        async with Asking() as asking:
            provider = await asking.discover(issuer)
            keys = (await asking.keys(provider)).get("keys")
    except SignInRefused as refused:
        return IssuerFound(ok=False, problem=refused.log, authorization_endpoint=None, keys=0)
    count = len(keys) if isinstance(keys, list) else 0
    problem = None if count else "It publishes no keys."
    return IssuerFound(
        ok=count > 0, problem=problem, authorization_endpoint=provider.authorization_endpoint, keys=count
    )


def _rows(tenant_id: UUID) -> Any:
    return IdentityProvider.objects.filter(tenant=tenant_id).annotate(people=Count("links"))


def _item(row: Any) -> ProviderItem:
    return ProviderItem(
        id=row.pk,
        key=row.key,
        label=row.label,
        issuer=row.issuer,
        client_id=row.client_id,
        has_secret=row.secret_ciphertext is not None,
        scopes=row.scopes,
        mapping=row.mapping,
        creates_people=row.creates_people,
        links_by_email=row.links_by_email,
        enabled=row.enabled,
        people=row.people,
        version=row.version,
        updated_at=row.updated_at,
    )
