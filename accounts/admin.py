from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from accounts.admin_site import site
from accounts.hints import hint_access_changed
from accounts.models import Role, Tenant, User

if TYPE_CHECKING:
    _UserForm = forms.ModelForm[User]
    _UserAdmin = UserAdmin[User]
    _TenantAdmin = admin.ModelAdmin[Tenant]
    _RoleAdmin = admin.ModelAdmin[Role]
else:
    _UserForm, _UserAdmin = forms.ModelForm, UserAdmin
    _TenantAdmin = _RoleAdmin = admin.ModelAdmin


class NewUserForm(_UserForm):
    """A person without a password yet: they set one by a reset, or by `manage.py changepassword`."""

    class Meta:
        model = User
        fields = ("email", "name", "tenant", "is_superuser", "is_staff")

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User, site=site)
class PersonAdmin(_UserAdmin):
    ordering = ("email",)
    list_display = ("email", "name", "tenant", "is_active", "is_superuser")
    list_filter = ("is_active", "is_superuser", "tenant")
    search_fields = ("email", "name")
    filter_horizontal = ("groups",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "tenant", "password")}),
        ("Access", {"fields": ("is_active", "is_superuser", "is_staff", "groups", "attributes")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_form = NewUserForm
    add_fieldsets = ((None, {"fields": ("email", "name", "tenant", "is_superuser", "is_staff")}),)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        hint_access_changed(form.instance.pk)


@admin.register(Tenant, site=site)
class TenantAdmin(_TenantAdmin):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A tenant needs its roles: `create_tenant` makes both."""
        return False


@admin.register(Role, site=site)
class RoleAdmin(_RoleAdmin):
    list_display = ("label", "key", "tenant")
    list_filter = ("tenant",)
    fields = ("tenant", "key", "label", "permissions")
    filter_horizontal = ("permissions",)
