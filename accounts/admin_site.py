"""Django's admin, for superusers alone. It signs in where everybody does."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class SuperuserSite(AdminSite):
    site_header = _("Lockgate administration")
    site_title = _("Lockgate")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and bool(getattr(request.user, "is_superuser", False))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect_to_login(request.GET.get("next", "/django-admin/"))


site = SuperuserSite(name="admin")
