"""Every HTTP address of the product."""

from __future__ import annotations

from django.urls import include, path

from designer import health, metrics
from designer.identity import views as identity

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.MetricsView.as_view(), name="metrics"),
    path("api/v1/", include("designer.urls_api")),
    path("sign-in/by/<uuid:provider_id>/", identity.leave, name="identity_leave"),
    path("sign-in/return/", identity.come_back, name="identity_return"),
    path("", include("accounts.urls")),
]

handler400 = "designer.api.problems.bad_request"
handler403 = "designer.api.problems.permission_denied"
handler404 = "designer.api.problems.not_found"
handler500 = "designer.api.problems.server_error"
