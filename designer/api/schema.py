"""`schema/`: the OpenAPI document of this API."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularJSONAPIView

from accounts.api import AuthorizedView


@extend_schema(exclude=True)
class SchemaView(AuthorizedView, SpectacularJSONAPIView):
    """OpenAPI 3.1 as JSON, for everybody who is signed in."""

    actions: ClassVar[dict[str, str]] = {"GET": "account.view"}
