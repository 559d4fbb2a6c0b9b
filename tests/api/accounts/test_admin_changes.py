"""What superusers change in Django's admin counts at the next request, and is in the audit."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.authorization import is_allowed
from accounts.models import AuditEntry, Role, Tenant, User
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_site() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "x", name="Root"))
    return client


def role_form(role: Role, **changes: Any) -> dict[str, Any]:
    return {
        "tenant": str(role.tenant_id),
        "key": role.key,
        "label": role.label,
        "permissions": [row.pk for row in role.permissions.all()],
        "parents": [],
        "ceiling": "null",
        **changes,
    }


def change(client: Client, role: Role, **changes: Any) -> Any:
    return client.post(f"/django-admin/accounts/role/{role.pk}/change/", role_form(role, **changes))


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_role_that_the_admin_changes_counts_at_once(admin_site: Client, tenant: Tenant) -> None:
    editor, role = make_user(tenant, "editor"), Role.objects.get(tenant=tenant, key="editor")
    before = tenant.policy_version
    assert is_allowed(fresh(editor), "workflow.edit")

    assert change(admin_site, role, ceiling='["workflow.view"]').status_code == 302

    assert not is_allowed(fresh(editor), "workflow.edit")
    assert is_allowed(fresh(editor), "workflow.view")
    assert Tenant.objects.get(pk=tenant.pk).policy_version > before
    entry = AuditEntry.objects.get(action="role.change")
    assert (entry.actor_email, entry.after) == ("root@example.org", {"changed": ["ceiling"]})


def test_the_admin_refuses_parents_elsewhere_circles_and_ceilings_of_nothing(
    admin_site: Client, tenant: Tenant
) -> None:
    viewer, editor = (Role.objects.get(tenant=tenant, key=key) for key in ("viewer", "editor"))
    elsewhere = Role.objects.get(tenant=make_tenant("Other"), key="owner")
    assert change(admin_site, viewer, parents=[editor.pk]).status_code == 302

    for role, changes in (
        (viewer, {"parents": [elsewhere.pk]}),
        (editor, {"parents": [viewer.pk]}),
        (editor, {"ceiling": '["workflow.fly"]'}),
        (editor, {"ceiling": '"workflow.view"'}),
    ):
        assert change(admin_site, role, **changes).status_code == 200, changes
    assert editor.parents.count() == 0


def test_a_person_whom_the_admin_changes_is_counted(admin_site: Client, tenant: Tenant) -> None:
    person = make_user(tenant, "viewer")
    before = person.attributes_version
    form = {
        "email": person.email,
        "name": person.name,
        "tenant": str(tenant.pk),
        "groups": [Role.objects.get(tenant=tenant, key="editor").pk],
        "attributes": '{"clearance": "secret"}',
        "is_active": "on",
    }

    address = f"/django-admin/accounts/user/{person.pk}/change/"
    refused = admin_site.post(address, {**form, "attributes": '{"shoe_size": 43}'})
    assert refused.status_code == 200
    assert "There is no such attribute" in refused.content.decode()

    response = admin_site.post(address, form)

    assert response.status_code == 302
    assert fresh(person).attributes_version > before
    assert is_allowed(fresh(person), "workflow.edit")
    assert AuditEntry.objects.filter(action="user.change", object_id=str(person.pk)).exists()
