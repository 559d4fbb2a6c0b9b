"""Which credentials a step's configuration names: a credential in use is not deleted under it."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.queries.credential_users import names_in

ROTATION = {"operation": "start_rotation", "credential_name": "key"}


@pytest.mark.parametrize(
    ("config", "names"),
    [
        (ROTATION, {"key", "vault"}),
        ({**ROTATION, "refresh_sources": ["local"]}, {"key"}),
        ({**ROTATION, "refresh_sources": ["aws_secrets", "azure_key_vault"]}, {"key", "aws", "azure"}),
        (
            {
                **ROTATION,
                "refresh_sources": ["aws_secrets", "azure_key_vault"],
                "refresh_config": {"aws_secrets": {"credential": "prod-aws"}, "azure_key_vault": None},
            },
            {"key", "prod-aws", "azure"},
        ),
        ({**ROTATION, "rotator": {"kind": "aws_secrets", "credential": "prod-aws"}}, {"key", "prod-aws"}),
        ({**ROTATION, "rotator": {"kind": "postgresql", "admin": "dba"}}, {"key", "dba"}),
        ({**ROTATION, "rotator": {"kind": "azure_key_vault"}}, {"key", "azure"}),
        ({**ROTATION, "rotator": {"kind": "generated"}}, {"key"}),
        ({"credential_name": ["key"], "rotator": {"kind": []}}, set()),
        ({**ROTATION, "refresh_sources": "vault", "refresh_config": 7}, {"key"}),
    ],
)
def test_a_rotation_names_what_it_renews_and_what_opens_its_stores(
    config: dict[str, Any], names: set[str]
) -> None:
    assert names_in(config) == names
