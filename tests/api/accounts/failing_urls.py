"""One address that fails."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


urlpatterns = [path("fails", fails)]
handler500 = "designer.api.problems.server_error"
