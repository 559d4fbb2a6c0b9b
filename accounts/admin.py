from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_site import site
from accounts.forms import PersonForm, RoleForm
from accounts.models import Role, Tenant, User
from accounts.services.audit import record
from accounts.services.people import note_access_change
from accounts.services.versions import bump_policy_version

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
    form = PersonForm
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
        record("user.change" if change else "user.create", form.instance, after=_changed(form))
        note_access_change(form.instance)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        record("user.delete", obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            self.delete_model(request, person)


@admin.register(Tenant, site=site)
class TenantAdmin(_TenantAdmin):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    fields = ("name", "slug", "decision_sample")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A tenant needs its roles: `create_tenant` makes both."""
        return False


@admin.register(Role, site=site)
class RoleAdmin(_RoleAdmin):
    form = RoleForm
    list_display = ("label", "key", "tenant")
    list_filter = ("tenant",)
    fields = ("tenant", "key", "label", "permissions", "parents", "ceiling")
    filter_horizontal = ("permissions", "parents")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        record("role.change" if change else "role.create", form.instance, after=_changed(form))
        bump_policy_version(form.instance.tenant_id)

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        record("role.delete", obj)
        super().delete_model(request, obj)
        bump_policy_version(obj.tenant_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Role]) -> None:
        for role in queryset:
            self.delete_model(request, role)


def _changed(form: Any) -> dict[str, Any]:
    """Which fields of the form changed; what they held may be long or none of the audit's business."""
    return {"changed": sorted(set(form.changed_data) - {"password"})}
