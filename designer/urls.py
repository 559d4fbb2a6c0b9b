"""Every HTTP address of the product."""

from __future__ import annotations

from django.urls import include, path

from designer import health, metrics

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.MetricsView.as_view(), name="metrics"),
    path("api/v1/", include("designer.urls_api")),
    path("", include("accounts.urls")),
]

handler400 = "designer.api.problems.bad_request"
handler403 = "designer.api.problems.permission_denied"
handler404 = "designer.api.problems.not_found"
handler500 = "designer.api.problems.server_error"
