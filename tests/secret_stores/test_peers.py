"""The stores that tests run against are real where they can be: they seal, refuse and check signatures."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request

import pytest
from botocore.exceptions import ClientError

from tests.secret_stores.azure import SCOPE, TENANT, Azure
from tests.secret_stores.moto import AwsKey, Moto
from tests.secret_stores.openbao import OpenBao, Refused


def test_openbao_keeps_versions_and_refuses_while_it_is_sealed(openbao: OpenBao) -> None:
    assert [openbao.put("peers", {"value": value}) for value in ("one", "two")] == [1, 2]
    assert openbao.get("peers", version=1) == {"value": "one"}

    with openbao.sealed(), pytest.raises(Refused) as caught:
        openbao.get("peers")

    assert caught.value.status == 503
    assert openbao.get("peers") == {"value": "two"}


def test_a_token_may_do_what_its_rules_say(openbao: OpenBao) -> None:
    openbao.put("mine", {"value": "one"})
    token = openbao.token_for('path "secret/data/mine" { capabilities = ["read"] }')

    assert openbao.call("GET", "secret/data/mine", token=token)["data"]["data"] == {"value": "one"}
    with pytest.raises(Refused) as caught:
        openbao.call("POST", "secret/data/mine", {"data": {}}, token=token)
    assert caught.value.status == 403


@pytest.mark.parametrize("wrong", ["a key of nobody", "another secret", "an action that is not allowed"])
def test_moto_checks_keys_signatures_and_rules(moto: Moto, wrong: str) -> None:
    reader = moto.key_for(["secretsmanager:GetSecretValue"])
    key = {
        "a key of nobody": AwsKey("AKIAIOSFODNN7EXAMPLE", reader.secret_access_key),
        "another secret": AwsKey(reader.access_key_id, "x" * 40),
        "an action that is not allowed": reader,
    }[wrong]

    with pytest.raises(ClientError) as caught:
        moto.client(key=key).create_secret(Name="x", SecretString="y")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_the_stand_in_for_azure_asks_for_a_token_and_is_trusted_by_nobody_who_was_not_told(
    azure: Azure,
) -> None:
    azure.put("peers", "one")
    client = azure.client(["get"])
    address = f"{azure.address}/secrets/peers?api-version=7.4"

    with pytest.raises(urllib.error.URLError) as untrusted:
        urllib.request.urlopen(address, timeout=5)
    with pytest.raises(urllib.error.HTTPError) as challenged:
        urllib.request.urlopen(address, timeout=5, context=azure.tls)
    form = {"grant_type": "client_credentials", "scope": SCOPE, **vars(client)}
    sent = urllib.parse.urlencode(form).encode()
    place = f"{azure.address}/{TENANT}/oauth2/v2.0/token"
    with urllib.request.urlopen(place, sent, timeout=5, context=azure.tls) as answer:
        token = json.load(answer)["access_token"]
    call = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(call, timeout=5, context=azure.tls) as answer:
        found = json.load(answer)["value"]

    assert isinstance(untrusted.value.reason, ssl.SSLCertVerificationError)
    with challenged.value as refusal:
        assert (refusal.code, refusal.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")
    assert found == "one"
