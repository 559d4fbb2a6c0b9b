"""What follows from claims: pure, and never more than a rule says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from designer.identity.mapping import follow, read_rules

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def had(claims: dict[str, Any], rule: dict[str, Any]) -> bool:
    return "editor" in follow(claims, read_rules([{**rule, "role": "editor"}])).roles


@pytest.mark.parametrize(
    ("claims", "rule", "expected"),
    [
        ({"groups": ["a", "b"]}, {"claim": "groups", "contains": "b"}, True),
        ({"groups": "ab"}, {"claim": "groups", "contains": "b"}, False),
        ({"groups": None}, {"claim": "groups", "contains": "b"}, False),
        ({}, {"claim": "groups", "contains": "b"}, False),
        ({"dept": "it"}, {"claim": "dept", "equals": "it"}, True),
        ({"dept": "IT"}, {"claim": "dept", "equals": "it"}, False),
        ({"admin": True}, {"claim": "admin", "equals": True}, True),
        ({"admin": 1}, {"claim": "admin", "equals": True}, False),
        ({"admin": "true"}, {"claim": "admin", "equals": True}, False),
        ({"realm": {"roles": ["x"]}}, {"claim": "realm.roles", "contains": "x"}, True),
        ({"https://a.example/roles": ["x"]}, {"claim": "https://a.example/roles", "contains": "x"}, True),
    ],
)
def test_a_role_is_had_exactly_when_its_rule_holds(
    claims: dict[str, Any], rule: dict[str, Any], expected: bool
) -> None:
    assert had(claims, rule) is expected


@given(claims=st.dictionaries(st.text(max_size=4), JSON, max_size=4))
def test_no_claims_give_what_no_rule_names(claims: dict[str, Any]) -> None:
    rules = read_rules(
        [{"claim": "a", "equals": "x", "role": "editor"}, {"claim": "b.c", "attribute": "clearance"}]
    )

    found = follow(claims, rules)

    assert found.roles <= {"editor"} == found.owned_roles
    assert found.attributes.keys() <= {"clearance"} == found.owned_attributes
    assert ("editor" in found.roles) == (claims.get("a") == "x")


def test_the_first_claim_with_a_value_gives_an_attribute() -> None:
    rules = read_rules([{"claim": "new", "attribute": "team"}, {"claim": "old", "attribute": "team"}])

    assert follow({"new": None, "old": "red"}, rules).attributes == {"team": "red"}
    assert follow({"new": "blue", "old": "red"}, rules).attributes == {"team": "blue"}


@pytest.mark.parametrize(
    "rule", [3, {}, {"claim": "a"}, {"claim": "", "equals": "x", "role": "r"}, {"rôle": 1}]
)
def test_what_is_no_rule_is_refused(rule: Any) -> None:
    with pytest.raises(ValidationError):
        read_rules([rule])
