from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError

from accounts.access import ACTIONS, BUILT_IN_ROLES, Resource
from accounts.authorization import AccessDenied, Hidden, allowed_actions, authorize, is_allowed, visible
from accounts.models import ApiToken, Role, User
from accounts.permissions import create_permissions
from accounts.services import create_token, deactivate_user, set_attributes, set_roles
from accounts.subjects import facts_of
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db


def test_a_tenant_starts_with_the_built_in_roles_and_their_permissions() -> None:
    tenant = make_tenant()

    roles = {role.key: role for role in Role.objects.filter(tenant=tenant)}

    assert set(roles) == set(BUILT_IN_ROLES)
    for key, role in roles.items():
        assert role.name == f"{tenant.pk}/{key}"
        given = set(role.permissions.values_list("codename", flat=True))
        assert given == BUILT_IN_ROLES[key].permissions


def test_creating_permissions_again_changes_nothing() -> None:
    rows = Permission.objects.filter(content_type__app_label="accounts", content_type__model="action")
    before = set(rows.values_list("pk", "codename"))

    create_permissions()

    assert {name for _, name in before} == set(ACTIONS)
    assert set(rows.values_list("pk", "codename")) == before


def test_an_action_that_an_upgrade_brings_reaches_the_roles_that_are_there() -> None:
    tenant = make_tenant()
    operator, viewer = (Role.objects.get(tenant=tenant, key=key) for key in ("operator", "viewer"))
    Permission.objects.get(codename="run.pause").delete()
    operator.permissions.remove(Permission.objects.get(codename="run.data"))

    create_permissions()

    names = set(operator.permissions.values_list("codename", flat=True))
    assert "run.pause" in names
    assert "run.data" not in names, "what a tenant took away stays away"
    assert not viewer.permissions.filter(codename="run.pause").exists()


@pytest.mark.parametrize("key", sorted(BUILT_IN_ROLES))
def test_a_person_may_what_their_role_names(key: str) -> None:
    user = make_user(make_tenant(), key)

    assert set(allowed_actions(user, None, ACTIONS)) == BUILT_IN_ROLES[key].permissions


def test_two_roles_add_up() -> None:
    user = make_user(make_tenant(), "auditor", "analyst")

    assert is_allowed(user, "audit.view")
    assert is_allowed(user, "workflow.run")


def test_a_role_of_another_tenant_counts_for_nothing() -> None:
    user = make_user(make_tenant(), "viewer")
    foreign = Role.objects.get(tenant=make_tenant(), key="owner")
    user.groups.add(foreign)

    subject = facts_of(User.objects.get(pk=user.pk))

    assert subject is not None
    assert subject.roles == {"viewer"}
    assert "workflow.edit" not in subject.permissions


def test_a_role_that_the_tenant_does_not_have_is_refused() -> None:
    user = make_user(make_tenant(), "viewer")

    with pytest.raises(ValidationError, match="emperor"):
        set_roles(user, ["emperor"])


def test_a_changed_role_counts_at_the_next_decision() -> None:
    user = make_user(make_tenant(), "viewer")
    assert not is_allowed(user, "workflow.edit")

    set_roles(user, ["editor"])

    assert is_allowed(user, "workflow.edit")


def test_a_deactivated_person_may_nothing() -> None:
    user = make_user(make_tenant(), "owner")

    deactivate_user(user)

    assert allowed_actions(user, None, ACTIONS) == []


def test_another_tenants_resource_is_hidden() -> None:
    user = make_user(make_tenant(), "owner")
    theirs = Resource("workflow", "1", make_tenant().pk)

    with pytest.raises(Hidden):
        authorize(user, "workflow.view", theirs)


def test_lists_stop_at_the_tenant() -> None:
    here, there = make_tenant(), make_tenant()
    user, colleague = make_user(here, "owner"), make_user(here)
    make_user(there)

    found = visible(User.objects.all(), user, "user.view")

    assert set(found) == {user, colleague}


def test_a_list_that_the_subject_may_not_see_is_refused_rather_than_empty() -> None:
    with pytest.raises(AccessDenied):
        visible(User.objects.all(), make_user(make_tenant()), "user.view")


def test_a_list_for_a_subject_without_a_tenant_is_refused() -> None:
    root = User.objects.create_superuser("root@example.com", "irrelevant", name="Root")

    with pytest.raises(AccessDenied):
        visible(ApiToken.objects.all(), root, "token.manage")


def test_own_things_are_listed_for_their_owner_alone() -> None:
    tenant = make_tenant()
    user, boss = make_user(tenant, "viewer"), make_user(tenant, "owner")
    mine = create_token(user, name="mine").row
    create_token(boss, name="theirs")

    assert list(visible(ApiToken.objects.all(), user, "token.manage")) == [mine]


def test_has_perm_asks_the_same_engine() -> None:
    tenant = make_tenant()
    user = make_user(tenant, "editor")
    theirs = Resource("workflow", "1", make_tenant().pk)

    assert user.has_perm("workflow.edit")
    assert user.has_perm("accounts.workflow.edit")
    assert user.has_perm("workflow.edit", Resource("workflow", "1", tenant.pk))
    assert not user.has_perm("workflow.edit", theirs)
    assert not user.has_perm("user.manage")
    assert not user.has_perm("accounts.add_user")


def test_a_superuser_passes_no_tenant_wall() -> None:
    root = User.objects.create_superuser("root@example.com", "irrelevant", name="Root")

    assert not root.has_perm("workflow.view", Resource("workflow", "1", make_tenant().pk))
    assert root.has_perm("accounts.change_user")


def test_only_superusers_belong_to_no_tenant() -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user("stray@example.com", "irrelevant", name="Stray")


def test_e_mail_differing_in_case_is_the_same_person() -> None:
    tenant = make_tenant()
    make_user(tenant, email="Ann@Example.com")

    with pytest.raises(ValidationError):
        make_user(tenant, email="ann@example.COM")


def test_a_bad_attribute_is_refused_and_named() -> None:
    user = make_user(make_tenant())

    with pytest.raises(ValidationError, match="clearance"):
        set_attributes(user, {"clearance": None})  # type: ignore[dict-item]


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "accounts", check=True, dry_run=True, verbosity=0)


def test_the_facts_of_a_subject_cost_one_query_a_request(django_assert_num_queries: Any) -> None:
    tenant = make_tenant()
    is_allowed(make_user(tenant, "viewer"), "workflow.view")  # the policies are compiled once for all
    user = User.objects.get(pk=make_user(tenant, "editor", "auditor").pk)

    with django_assert_num_queries(1):
        allowed_actions(user, None, ACTIONS)
        is_allowed(user, "workflow.edit")


def test_a_superuser_is_made_by_djangos_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse battery")

    call_command("createsuperuser", email="Root@Example.com", name="Root", interactive=False, verbosity=0)

    root = User.objects.get(email="root@example.com")
    assert root.is_superuser
    assert root.tenant is None
    assert root.check_password("correct horse battery")


def test_a_password_is_changed_by_djangos_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user(make_tenant(), "viewer")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "quite another staple")

    call_command("changepassword", user.email, stdout=StringIO())

    user.refresh_from_db()
    assert user.check_password("quite another staple")
