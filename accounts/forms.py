"""Forms of Django's admin that check what the services check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.access import is_action
from accounts.models import Role
from accounts.services.roles_given import ancestors_of

if TYPE_CHECKING:
    _RoleForm = forms.ModelForm[Role]
else:
    _RoleForm = forms.ModelForm


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
