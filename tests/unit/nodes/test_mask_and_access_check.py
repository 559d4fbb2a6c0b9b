"""MaskNode and AccessCheckNode decide for whom the run runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from accounts.access import Environment, Subject
from runtime.access_checks import compiled_rules
from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.node import CheckContext
from runtime.nodes.access_check import AccessCheckNode
from runtime.nodes.mask import MaskNode
from runtime.services_protocol import AccessAnswer
from tests.unit.nodes.surroundings import outputs_of

BELOW_SECRET = {
    "attribute_path": "user.attributes.clearance",
    "operator": "security_level_below",
    "value": "secret",
}
RULES = {"ssn": {"mask_type": "partial", "visible_chars": 4, "condition": BELOW_SECRET}}


@dataclass
class Desk:
    """Allows what it is told to, and masks for somebody with these attributes."""

    allowed: frozenset[str] = frozenset()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def decide(self, action: str, resource: Mapping[str, Any]) -> AccessAnswer:
        self.asked.append((action, resource))
        return AccessAnswer(action in self.allowed, f"about {action}", "role")

    def mask(self, rules: Mapping[str, Any], value: Any) -> Any:
        subject = Subject(UUID(int=1), None, attributes=self.attributes)
        masker = compiled_rules(rules, None, None).for_reader(subject, None, Environment.now())
        return value if masker is None else masker.apply(value).value


def with_desk(**facts: Any) -> Any:
    return SimpleNamespace(access=Desk(**facts))


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ({"clearance": "secret"}, "123-45-6789"),
        ({"clearance": "internal"}, "***-**-6789"),
        ({"clearance": "no such level"}, "***-**-6789"),
        ({}, "***-**-6789"),
    ],
)
def test_a_field_is_masked_unless_the_attributes_surely_say_no(
    attributes: dict[str, Any], shown: str
) -> None:
    data = {"people": [{"ssn": "123-45-6789", "name": "Ada"}]}

    outputs = outputs_of(MaskNode(masking_rules=RULES), services=with_desk(attributes=attributes), data=data)

    assert outputs == {"result": {"people": [{"ssn": shown, "name": "Ada"}]}}
    assert data == {"people": [{"ssn": "123-45-6789", "name": "Ada"}]}


@pytest.mark.parametrize(
    "rule", [{"mask_type": "blur"}, {}, {"mask_type": "redact", "condition": {"operator": "no"}}]
)
def test_rules_that_cannot_be_are_found_when_the_graph_is_checked(rule: dict[str, Any]) -> None:
    problems = MaskNode.check({"masking_rules": {"ssn": rule}}, CheckContext("mask"))

    assert [(problem.code, problem.field) for problem in problems] == [
        ("invalid_masks", "config.masking_rules")
    ]


@pytest.mark.parametrize(("allowed", "port"), [({"dataset.view"}, "allowed"), (set(), "denied")])
def test_the_input_leaves_by_the_answer(allowed: set[str], port: str) -> None:
    node = AccessCheckNode(permission="dataset.view", resource_type="dataset", resource="sales")

    outputs = outputs_of(node, services=with_desk(allowed=frozenset(allowed)), input={"n": 1})

    answer = {"allowed": bool(allowed), "reason": "about dataset.view", "rule": "role"}
    assert outputs == {port: {"n": 1}, "result": answer}


def test_a_word_is_allowed_when_all_that_it_stands_for_is() -> None:
    services = with_desk(allowed=frozenset({"node.config", "node.inputs", "node.outputs"}))

    outputs = outputs_of(AccessCheckNode(permission="read", resource="payroll"), services=services)

    assert outputs["result"] == {"allowed": False, "reason": "about node.logs", "rule": "role"}
    assert {about["id"] for _, about in services.access.asked} == {"payroll"}


def test_an_unknown_permission_is_refused() -> None:
    with pytest.raises(ParameterError, match="is no permission"):
        AccessCheckNode(permission="peek")


@pytest.mark.parametrize("node", [AccessCheckNode(), MaskNode(masking_rules=RULES)])
def test_where_nobody_decides_nothing_is_allowed(node: Any) -> None:
    with pytest.raises(NodeError, match="Nobody decides"):
        outputs_of(node, services=SimpleNamespace(), input=1, data=1)
