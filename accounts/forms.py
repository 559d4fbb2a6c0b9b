"""Forms of Django's admin that check what the services check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError

from accounts.access import is_action
from accounts.models import Role, User
from accounts.services.attributes import check_values
from accounts.services.refusals import Refused
from accounts.services.roles_given import ancestors_of

if TYPE_CHECKING:
    _RoleForm = forms.ModelForm[Role]
    _PersonForm = UserChangeForm[User]
else:
    _RoleForm, _PersonForm = forms.ModelForm, UserChangeForm


class PersonForm(_PersonForm):
    """Attributes are those that the tenant defines, and of their types."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        tenant, attributes = self.cleaned_data.get("tenant"), self.cleaned_data.get("attributes")
        if tenant is not None and isinstance(attributes, dict):
            try:
                check_values(tenant.pk, attributes, at="")
            except Refused as refused:
                self.add_error("attributes", [f"{fault.field}: {fault.message}" for fault in refused.faults])
        return cleaned


class RoleForm(_RoleForm):
    """Parents are of the same tenant and make no circle; a ceiling is a list of actions."""

    def clean_ceiling(self) -> Any:
        ceiling = self.cleaned_data["ceiling"]
        if ceiling is None:
            return None
        if not isinstance(ceiling, list) or not all(
            isinstance(name, str) and is_action(name) for name in ceiling
        ):
            raise ValidationError("Not every name of this ceiling is an action.")
        return ceiling

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        tenant = self.cleaned_data.get("tenant")
        for parent in self.cleaned_data.get("parents", ()):
            if parent.tenant_id != getattr(tenant, "pk", None):
                self.add_error("parents", f"“{parent.label}” is a role of another tenant.")
            elif self.instance.pk in {parent.pk, *(above.pk for above in ancestors_of(parent))}:
                self.add_error("parents", f"“{parent.label}” inherits from this role already.")
        return cleaned
