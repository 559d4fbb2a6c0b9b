from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.models import ApiToken, User
from accounts.queries import user_by_secret
from accounts.services import TokenProblem, create_token, deactivate_user, note_use, revoke_token, set_roles
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return make_user(make_tenant(), "editor")


def test_the_secret_is_not_stored(editor: User) -> None:
    minted = create_token(editor, name="ci")

    row = ApiToken.objects.get(pk=minted.row.pk)
    kept = " ".join(str(value) for value in ApiToken.objects.filter(pk=row.pk).values().get().values())
    assert minted.secret.startswith("lg_")
    assert minted.secret.startswith(row.prefix)
    assert minted.secret not in kept
    assert minted.secret not in repr(minted)
    assert len(minted.secret) - len(row.prefix) >= 32


def test_a_secret_finds_its_user(editor: User) -> None:
    minted = create_token(editor, name="ci")

    found = user_by_secret(minted.secret)

    assert found == editor
    assert found is not None
    assert found.token == minted.row


@pytest.mark.parametrize("secret", ["", "lg_", "lg_" + "a" * 43, "Bearer x", "lg_\x00"])
def test_an_unknown_secret_finds_nobody(secret: str) -> None:
    assert user_by_secret(secret) is None


def test_an_expired_token_finds_nobody(editor: User) -> None:
    minted = create_token(editor, name="ci")
    ApiToken.objects.filter(pk=minted.row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    assert user_by_secret(minted.secret) is None


def test_a_revoked_token_finds_nobody(editor: User) -> None:
    minted = create_token(editor, name="ci")

    revoke_token(minted.row)

    assert user_by_secret(minted.secret) is None


def test_a_token_of_a_deactivated_person_finds_nobody(editor: User) -> None:
    minted = create_token(editor, name="ci")

    deactivate_user(editor)

    assert user_by_secret(minted.secret) is None


def test_a_token_of_a_person_who_changed_tenant_finds_nobody(editor: User) -> None:
    minted = create_token(editor, name="ci")
    User.objects.filter(pk=editor.pk).update(tenant=make_tenant())

    assert user_by_secret(minted.secret) is None


def test_scopes_narrow(editor: User) -> None:
    user = user_by_secret(create_token(editor, name="ci", scopes=["workflow.view"]).secret)

    assert user is not None
    assert is_allowed(user, "workflow.view")
    assert not is_allowed(user, "workflow.edit")


def test_without_scopes_a_token_carries_what_the_person_may_now(editor: User) -> None:
    minted = create_token(editor, name="ci")

    set_roles(editor, ["owner"])

    user = user_by_secret(minted.secret)
    assert user is not None
    assert is_allowed(user, "workflow.edit")
    assert not is_allowed(user, "user.manage")


def test_a_token_loses_what_its_person_loses(editor: User) -> None:
    minted = create_token(editor, name="ci", scopes=["workflow.edit"])

    set_roles(editor, ["viewer"])

    user = user_by_secret(minted.secret)
    assert user is not None
    assert not is_allowed(user, "workflow.edit")


def test_a_narrow_token_cannot_make_a_wider_one(editor: User) -> None:
    user = user_by_secret(create_token(editor, name="ci", scopes=["token.manage", "run.view"]).secret)
    assert user is not None

    with pytest.raises(TokenProblem, match=r"workflow\.edit"):
        create_token(user, name="wider", scopes=["workflow.edit"])
    assert set(create_token(user, name="same").row.scopes) == {"token.manage", "run.view"}


@pytest.mark.parametrize(
    ("scopes", "message"),
    [(["workflow.explode"], "Not a scope"), (["user.manage"], "may not do this"), ([], "at least one")],
)
def test_scopes_that_cannot_be_given_are_refused(editor: User, scopes: list[str], message: str) -> None:
    with pytest.raises(TokenProblem, match=message):
        create_token(editor, name="ci", scopes=scopes)


@pytest.mark.parametrize("days", [0, -1, 400])
def test_a_life_out_of_bounds_is_refused(editor: User, days: int) -> None:
    with pytest.raises(TokenProblem):
        create_token(editor, name="ci", life=timedelta(days=days))


def test_a_superuser_has_no_tokens() -> None:
    root = User.objects.create_superuser("root@example.com", "irrelevant", name="Root")

    with pytest.raises(TokenProblem, match="no workspace"):
        create_token(root, name="ci")


def test_use_is_noted_to_the_minute(editor: User) -> None:
    row = create_token(editor, name="ci").row

    note_use(row)
    row.refresh_from_db()
    first = row.last_used_at
    note_use(row)
    row.refresh_from_db()

    assert first is not None
    assert row.last_used_at == first


def test_the_command_prints_the_token_alone_on_the_last_line(editor: User) -> None:
    out = StringIO()

    call_command("create_token", editor.email.upper(), "--scopes", "workflow.view, run.view", stdout=out)

    user = user_by_secret(out.getvalue().splitlines()[-1])
    assert user == editor
    assert user is not None
    assert user.token is not None
    assert user.token.scopes == ["run.view", "workflow.view"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nobody@example.com"], "nobody"), (["{email}", "--scopes", "user.manage"], "may not do this")],
)
def test_the_command_says_what_is_wrong(editor: User, arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("create_token", *(argument.format(email=editor.email) for argument in arguments))
