"""The keys of the credential store: told when they are missing, and changed for all that is stored."""

from __future__ import annotations

import base64
import io
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from runtime.credentials.master_keys import read_key_file
from runtime.host.worker import _say_which_key_is_missing
from runtime.models import Credential, CredentialVersion
from runtime.services.credentials import change_credential, create_credential, reveal
from tests.people import make_tenant, make_user

CANARY = "canary-7f3a9c-token"
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@pytest.fixture
def user(transactional_db: None) -> User:
    return make_user(make_tenant(), "owner")


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Path:
    """The installation's own file of a key."""
    settings.CREDENTIAL_KEY = settings.CREDENTIAL_KEY_PREVIOUS = ""
    settings.CREDENTIAL_KEY_PATH = tmp_path / "keys" / "credentials.key"
    return settings.CREDENTIAL_KEY_PATH


def store(user: User, name: str = "github") -> Credential:
    return create_credential(
        user=user, name=name, type="bearer_token", description="", values={"token": CANARY}
    )


def token(user: User, name: str = "github") -> str:
    return reveal(user.tenant_id, name, principal=user).secret("token").reveal()  # type: ignore[arg-type]


def credentials(*arguments: str, fails: bool = False) -> str:
    out = io.StringIO()
    if fails:
        with pytest.raises(SystemExit) as ended:
            call_command("credentials", *arguments, stdout=out)
        assert ended.value.code == 1
    else:
        call_command("credentials", *arguments, stdout=out)
    assert CANARY not in out.getvalue()
    return out.getvalue()


def told(client: Client) -> str:
    answer: str = client.get("/readyz").json()["credentials"]
    return answer


def test_check_opens_everything(user: User, kept: Path) -> None:
    store(user)
    change_credential(store(user, "other"), user=user, values={"token": CANARY + "2"})
    key = read_key_file(kept)

    said = credentials("check")

    assert key is not None
    assert f"key {key.id} (here): 2 credentials, 3 versions" in said
    assert "2 credentials, and everything opens." in said


def test_without_credentials_there_is_nothing_to_check_and_no_key_is_made(user: User, kept: Path) -> None:
    assert credentials("check") == "0 credentials, and everything opens.\n"
    assert not kept.exists()


def test_a_key_that_was_lost_is_told_everywhere(
    user: User, kept: Path, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    store(user)
    before = told(client)
    key = read_key_file(kept)
    kept.unlink()

    said = credentials("check", fails=True)
    _say_which_key_is_missing()

    assert key is not None and before == "ok"
    complaint = f"1 credential is sealed with a key that is not here ({key.id}): put it back"
    assert told(client).startswith(complaint)
    assert complaint in caplog.text
    assert f"key {key.id} (NOT HERE): 1 credential, 1 version" in said
    assert f"NOT opened: github, version 1 (in force): the key {key.id} is not here" in said


def test_a_key_that_is_no_key_is_told(user: User, kept: Path, client: Client) -> None:
    store(user)
    kept.write_text("nonsense")

    assert "is not base64" in told(client) or "bytes instead of 32" in told(client)
    with pytest.raises(CommandError, match=r"credentials\.key"):
        call_command("credentials", "check")


def test_a_version_that_was_replaced_and_has_no_key_does_not_alarm(
    user: User, kept: Path, settings: Any, client: Client
) -> None:
    credential = store(user)
    kept.unlink()
    settings.CREDENTIAL_KEY = NEW
    change_credential(credential, user=user, values={"token": CANARY})

    assert told(client) == "ok"
    assert "version 1 (an earlier one)" in credentials("check", fails=True)


def test_rewrap_leaves_an_earlier_key_without_use(user: User, settings: Any) -> None:
    settings.CREDENTIAL_KEY_PATH = None
    settings.CREDENTIAL_KEY = OLD
    change_credential(store(user), user=user, values={"token": CANARY})
    sealed = CredentialVersion.objects.values_list("ciphertext", "master_key_id")
    before = {bytes(text): key for text, key in sealed}
    settings.CREDENTIAL_KEY, settings.CREDENTIAL_KEY_PREVIOUS = NEW, OLD

    said = credentials("rewrap")

    assert said.startswith("2 versions sealed with the key ")
    settings.CREDENTIAL_KEY_PREVIOUS = ""
    assert token(user) == CANARY
    assert "and everything opens" in credentials("check")
    after = {bytes(text): key for text, key in sealed.all()}
    assert after.keys() == before.keys(), "secrets are not sealed again, only their keys"
    assert not set(after.values()) & set(before.values())
    assert credentials("rewrap").startswith("0 versions")


def test_rewrap_without_the_earlier_key_changes_nothing_and_says_so(user: User, settings: Any) -> None:
    settings.CREDENTIAL_KEY_PATH = None
    settings.CREDENTIAL_KEY = OLD
    store(user)
    settings.CREDENTIAL_KEY = NEW
    store(user, "newer")

    said = credentials("rewrap", fails=True)

    assert "0 versions sealed" in said and "NOT opened: github" in said
    settings.CREDENTIAL_KEY = OLD
    assert token(user) == CANARY


def test_an_installation_that_keeps_its_key_changes_it_by_itself(user: User, kept: Path) -> None:
    store(user)
    first = read_key_file(kept)

    said = credentials("rewrap", "--new-key")

    second, previous = read_key_file(kept), kept.with_name("credentials.previous.key")
    assert first is not None and second is not None and first.id != second.id
    assert f"New key: {second.id}" in said and f"1 version sealed with the key {second.id}" in said
    assert read_key_file(previous) == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    previous.unlink()
    assert token(user) == CANARY
    assert sorted(path.name for path in kept.parent.iterdir()) == ["credentials.key"]


def test_a_change_of_the_key_that_was_broken_off_is_finished_first(user: User, kept: Path) -> None:
    from runtime.services.credential_keys import change_kept_key

    store(user)
    change_kept_key()  # and then the process died

    assert token(user) == CANARY, "the earlier key still opens"
    with pytest.raises(CommandError, match="not finished"):
        call_command("credentials", "rewrap", "--new-key")
    assert credentials("rewrap").startswith("1 version sealed")
    credentials("rewrap", "--new-key")
    assert token(user) == CANARY


def test_where_the_operator_sets_the_key_none_is_made(user: User, settings: Any) -> None:
    settings.CREDENTIAL_KEY = NEW

    with pytest.raises(CommandError, match="CREDENTIAL_KEY_PREVIOUS"):
        call_command("credentials", "rewrap", "--new-key")
