"""The master key of credentials in a real OpenBao: sealed with it, moved to it and back, and without it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import IdentityProvider, User
from designer import environment
from designer.identity.mapping import Rule
from designer.identity.providers import create_provider, secret_of
from runtime.credentials.envelope import SealBroken, Sealed, seal, unseal
from runtime.credentials.master_keys import KeyProblem
from runtime.credentials.transit import TransitKey
from runtime.host.worker import _say_which_key_is_missing
from runtime.models import Credential, CredentialVersion
from runtime.services.credentials import CredentialError, create_credential, reveal
from runtime.services.evidence import _sealing_key_id
from tests.people import make_tenant, make_user
from tests.secret_stores.openbao import OpenBao
from tests.secret_stores.openbao import openbao as start
from tests.secret_stores.ports import free_port

CANARY = "canary-51be7d-token"
LOCAL = base64.b64encode(bytes([7]) * 32).decode()
RULES = """
path "keys/encrypt/lockgate" { capabilities = ["update"] }
path "keys/decrypt/lockgate" { capabilities = ["update"] }
"""


@pytest.fixture(scope="session")
def bao(openbao: OpenBao) -> OpenBao:
    openbao.enable("transit", "keys")
    openbao.call("POST", "keys/keys/lockgate", {})
    return openbao


@pytest.fixture(scope="session")
def token(bao: OpenBao) -> str:
    return bao.token_for(RULES)


def key_in(bao: OpenBao, token: str, key: str = "keys/lockgate") -> TransitKey:
    return TransitKey(address=bao.address, key=key, token=lambda: token)


@pytest.fixture
def user(transactional_db: None) -> User:
    return make_user(make_tenant(), "owner")


@pytest.fixture
def vault(settings: Any, bao: OpenBao, token: str) -> TransitKey:
    settings.CREDENTIAL_KEY = settings.CREDENTIAL_KEY_PREVIOUS = ""
    settings.CREDENTIAL_KEY_PATH = None
    key = settings.CREDENTIAL_KEY_VAULT = key_in(bao, token)
    return key


@pytest.fixture
def nowhere(vault: TransitKey, settings: Any, user: User) -> Iterator[None]:
    """A credential is stored, and then its Vault is gone."""
    store(user)
    settings.CREDENTIAL_KEY_VAULT = TransitKey(
        address=f"http://127.0.0.1:{free_port()}", key="keys/lockgate", token=lambda: CANARY
    )
    yield


def store(user: User, name: str = "github") -> Credential:
    return create_credential(
        user=user, name=name, type="bearer_token", description="", values={"token": CANARY}
    )


def opened(user: User, name: str = "github") -> str:
    assert user.tenant_id is not None
    return reveal(user.tenant_id, name, principal=user).secret("token").reveal()


def credentials(*arguments: str) -> str:
    out = io.StringIO()
    call_command("credentials", *arguments, stdout=out)
    assert CANARY not in out.getvalue()
    return out.getvalue()


def test_what_vault_wrapped_opens_in_its_place_alone(bao: OpenBao, token: str) -> None:
    key = key_in(bao, token)
    sealed = seal(b"secret", key=key, place="tenant|credential|1")

    assert sealed.wrapped_key.startswith(b"vault:v") and sealed.master_key_id == "vault:keys/lockgate"
    assert unseal(sealed, keys={key.id: key}, place="tenant|credential|1") == b"secret"
    with pytest.raises(SealBroken):
        unseal(sealed, keys={key.id: key}, place="tenant|credential|2")
    changed = Sealed(sealed.ciphertext, sealed.wrapped_key[:-3] + b"AA=", key.id)
    with pytest.raises(SealBroken, match="changed or moved"):
        unseal(changed, keys={key.id: key}, place="tenant|credential|1")
    assert token not in repr(key)


def test_credentials_are_stored_and_used(user: User, vault: TransitKey, client: Client) -> None:
    store(user)

    assert opened(user) == CANARY
    assert CredentialVersion.objects.get().master_key_id == vault.id == _sealing_key_id()
    assert "key vault:keys/lockgate (here): 1 credential, 1 version" in credentials("check")
    assert client.get("/readyz").json()["credentials"] == "ok"
    with pytest.raises(CommandError, match="rotate it there"):
        credentials("rewrap", "--new-key")


def test_from_a_local_key_to_vault_and_back(user: User, vault: TransitKey, settings: Any) -> None:
    settings.CREDENTIAL_KEY = LOCAL
    store(user)
    provider = make_provider(user)
    local = CredentialVersion.objects.get().master_key_id
    assert local != vault.id and _sealing_key_id() == local, "a key that is set seals, Vault only opens then"

    settings.CREDENTIAL_KEY, settings.CREDENTIAL_KEY_PREVIOUS = "", LOCAL
    assert credentials("rewrap").startswith("2 versions sealed with the key vault:keys/lockgate")
    settings.CREDENTIAL_KEY_PREVIOUS = ""
    assert (opened(user), secret_of(fresh(provider))) == (CANARY, CANARY)
    assert credentials("rewrap").startswith("0 versions")

    settings.CREDENTIAL_KEY = LOCAL
    assert credentials("rewrap").startswith(f"2 versions sealed with the key {local}")
    settings.CREDENTIAL_KEY_VAULT = None
    assert (opened(user), secret_of(fresh(provider))) == (CANARY, CANARY)
    assert "and everything opens" in credentials("check")


def test_after_a_rotation_in_vault_rewrap_takes_the_newest_version(
    user: User, vault: TransitKey, bao: OpenBao
) -> None:
    store(user)
    before = vault.generation()
    bao.call("POST", "keys/keys/lockgate/rotate")

    assert opened(user) == CANARY, "earlier versions of the key still open"
    assert credentials("rewrap").startswith("1 version sealed")
    assert bytes(CredentialVersion.objects.get().wrapped_key).startswith(vault.generation())
    assert vault.generation() != before
    assert credentials("rewrap").startswith("0 versions")


def test_a_version_of_the_key_that_vault_no_longer_takes_is_told_by_credential(
    user: User, vault: TransitKey, bao: OpenBao
) -> None:
    store(user)
    bao.call("POST", "keys/keys/lockgate/rotate")
    newest = bao.call("GET", "keys/keys/lockgate")["data"]["latest_version"]
    bao.call("POST", "keys/keys/lockgate/config", {"min_decryption_version": newest})
    out = io.StringIO()

    with pytest.raises(SystemExit):
        call_command("credentials", "check", stdout=out)

    bao.call("POST", "keys/keys/lockgate/config", {"min_decryption_version": 1})
    assert "NOT opened: github, version 1 (in force): Vault does not open it" in out.getvalue()
    assert opened(user) == CANARY


def test_a_vault_that_is_gone_is_refused_everywhere_in_words(
    user: User, nowhere: None, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CredentialError) as using:
        opened(user)
    with pytest.raises(CredentialError) as storing:
        store(user, "other")
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("credentials", "check")
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("credentials", "rewrap")
    _say_which_key_is_missing()

    assert using.value.code == storing.value.code == "credential_key_missing"
    assert "cannot be reached" in str(using.value) and "cannot be reached" in str(storing.value)
    assert "cannot be reached" in client.get("/readyz").json()["credentials"]
    assert "The key of credentials stays in Vault, and Vault at 127.0.0.1:" in caplog.text
    assert CANARY not in caplog.text + str(using.value) + str(storing.value)
    assert not Credential.objects.filter(name="other").exists()
    assert _sealing_key_id() == "vault:keys/lockgate"


def test_a_sealed_vault_says_so_and_goes_on_when_it_is_opened(
    user: User, vault: TransitKey, bao: OpenBao, client: Client
) -> None:
    store(user)
    with bao.sealed():
        with pytest.raises(CredentialError, match="is sealed"):
            opened(user)
        assert "is sealed" in client.get("/readyz").json()["credentials"]

    assert opened(user) == CANARY


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("nothing/lockgate", "has no transit engine at nothing/encrypt/lockgate"),
        ("keys/rsa", "is it a key of the type aes256-gcm96"),
        ("keys/derived", "is it a key of the type aes256-gcm96"),
        ("secret/lockgate", "has no transit engine|status 405"),
    ],
)
def test_a_key_that_cannot_wrap_is_told(bao: OpenBao, key: str, said: str) -> None:
    bao.call("POST", "keys/keys/rsa", {"type": "rsa-2048"})
    bao.call("POST", "keys/keys/derived", {"derived": True})

    with pytest.raises(KeyProblem, match=said):
        key_in(bao, bao.token, key).check()


def test_a_token_is_read_anew_and_one_that_is_refused_is_not_shown(bao: OpenBao, token: str) -> None:
    held = [f"{CANARY}-refused"]
    key = TransitKey(address=bao.address, key="keys/lockgate", token=lambda: held[0])

    with pytest.raises(KeyProblem, match="refuses CREDENTIAL_KEY_VAULT_TOKEN") as refused:
        key.check()
    held[0] = token
    key.check()
    held[0] = f"{CANARY}\nX-Other: 1"
    with pytest.raises(KeyProblem, match="no token") as broken:
        key.check()

    assert CANARY not in str(refused.value) + str(broken.value)


def test_a_token_that_may_only_wrap_does_not_pass_for_ready(bao: OpenBao) -> None:
    half = bao.token_for('path "keys/encrypt/lockgate" { capabilities = ["update"] }')

    with pytest.raises(KeyProblem, match="keys/decrypt/lockgate"):
        key_in(bao, half).check()


def test_another_authority_is_not_trusted() -> None:
    with start(tls=True) as strange, pytest.raises(KeyProblem, match="SSL_CERT_FILE"):
        key_in(strange, strange.token).check()


def test_the_settings_of_an_operator(
    bao: OpenBao, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "token"
    kept.write_text(f"{token}\n")
    monkeypatch.setenv("CREDENTIAL_KEY_VAULT_ADDRESS", bao.address + "/")
    monkeypatch.setenv("CREDENTIAL_KEY_VAULT_KEY", "keys/lockgate")
    with pytest.raises(SystemExit, match="needs also CREDENTIAL_KEY_VAULT_TOKEN"):
        environment.credential_key_in_vault()
    monkeypatch.setenv("CREDENTIAL_KEY_VAULT_TOKEN_FILE", str(kept))

    found = environment.credential_key_in_vault()

    assert found is not None
    found.check()
    kept.unlink()
    with pytest.raises(KeyProblem, match="CREDENTIAL_KEY_VAULT_TOKEN_FILE"):
        found.check()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADDRESS", "vault.example.com"),
        ("ADDRESS", "http://vault.example.com:8200"),
        ("ADDRESS", "https://user:secret@vault.example.com"),
        ("ADDRESS", "https://[oops"),
        ("KEY", "lockgate"),
        ("KEY", "keys/../sys/lockgate"),
        ("NAMESPACE", "a\nb"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = {"ADDRESS": "https://vault.example.com", "KEY": "keys/lockgate", "TOKEN": "t", "NAMESPACE": ""}
    for each, text in {**good, name: value}.items():
        monkeypatch.setenv(f"CREDENTIAL_KEY_VAULT_{each}", text)

    with pytest.raises(SystemExit, match=f"Lockgate cannot start: CREDENTIAL_KEY_VAULT_{name}"):
        environment.credential_key_in_vault()


def test_a_long_name_still_has_an_id_that_fits() -> None:
    def named(key: str, namespace: str = "") -> str:
        return TransitKey(address="https://vault.example.com", key=key, token=str, namespace=namespace).id

    ids = {named("a" * 40 + "/key"), named("a" * 41 + "/key"), named("t/k"), named("t/k", "team")}

    assert len(ids) == 4 and all(len(each) <= 32 for each in ids)


def make_provider(user: User) -> IdentityProvider:
    rules: list[Rule] = []
    return create_provider(
        by=user,
        secret=CANARY,
        rules=rules,
        key="corp",
        label="Corp",
        issuer="https://id.example.com",
        client_id="x",
    )


def fresh(provider: IdentityProvider) -> IdentityProvider:
    return IdentityProvider.objects.get(pk=provider.pk)
