"""The stores that tests run against are real where they can be: they seal, refuse and check signatures."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

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
