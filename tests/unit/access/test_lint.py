"""What is odd about policies, and that what is said of conditions is true of random subjects and things."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from accounts.access import DEFAULT_LEVELS, Environment, Levels, Resource, Subject, lint
from accounts.access.conditions import Const, Known
from accounts.access.linting import located, values_at_hand
from accounts.access.operators.base import Verdict
from accounts.access.possible import Possible
from accounts.access.reading import Reader
from tests.unit.access import trees

CLEARANCE = "user.clearance"


def leaf(path: str, operator: str, value: Any = None) -> dict[str, Any]:
    said = {"attribute_path": path, "operator": operator}
    return said if value is None else {**said, "value": value}


def policy(condition: Any = None, **changes: Any) -> dict[str, Any]:
    return {"key": "own", "effect": "allow", "actions": ["workflow.view"], "condition": condition, **changes}


def found(document: dict[str, Any], *others: dict[str, Any], **more: Any) -> list[tuple[str, str]]:
    """(code, place) of each finding."""
    findings = lint(document, levels=DEFAULT_LEVELS, others=others, **more)
    return [(each.code, each.path) for each in findings]


RISK = leaf("user.department", "equals", "risk")
SECRET = leaf(CLEARANCE, "security_level_meets", "secret")
BELOW_SECRET = leaf(CLEARANCE, "security_level_below", "secret")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, []),
        (RISK, []),
        ({"and": [RISK, SECRET]}, []),
        ({"or": [RISK, {"not": RISK}]}, [("always_true", "condition")]),
        ({"or": [leaf(CLEARANCE, "exists"), {"not": leaf(CLEARANCE, "exists")}]}, [
            ("always_true", "condition"), ("not_exists_risk", "condition.or[1].not")]),
        ({"and": [RISK, leaf("user.department", "not_equals", "risk")]}, [("always_false", "condition")]),
        ({"and": [SECRET, {"or": [RISK, {"and": [SECRET, BELOW_SECRET]}]}]}, [
            ("always_false", "condition.and[1].or[1]"), ("unreachable", "condition.and[1].or[1]")]),
        ({"or": [RISK, leaf("user.department", "in", ["risk", "sales"])]}, [
            ("unreachable", "condition.or[0]")]),
        ({"and": [SECRET, leaf(CLEARANCE, "security_level_meets", "internal")]}, [
            ("unreachable", "condition.and[1]")]),
        ({"and": [RISK, leaf("env.hour", "between", [0, 23])]}, [("always_true", "condition.and[1]")]),
        ({"and": [RISK, leaf("env.hour", "greater_than", 23)]}, [("always_false", "condition.and[1]")]),
        (leaf("action", "equals", "run.view"), [("always_false", "condition")]),
        ({"or": [RISK, leaf("action", "equals", "run.view")]}, [("unreachable", "condition.or[1]")]),
        (leaf("user.suspended", "not_exists"), [("not_exists_risk", "condition")]),
        ({"not": leaf("user.suspended", "exists")}, [("not_exists_risk", "condition.not")]),
    ],
)  # fmt: skip
def test_parts_that_change_nothing_or_everything_are_found(condition: Any, expected: Any) -> None:
    assert found(policy(condition)) == expected


def test_an_attribute_that_is_not_defined_is_found() -> None:
    known = {"user.department": "text"}

    assert found(policy({"and": [RISK, SECRET]}), attributes=known) == [
        ("unknown_attribute", "condition.and[1].attribute_path")
    ]


def test_a_denial_that_never_holds_still_denies_where_nobody_can_tell() -> None:
    excluded = policy({"and": [RISK, leaf("user.department", "equals", "sales")]}, effect="deny")

    (finding,) = lint(excluded, levels=DEFAULT_LEVELS)

    assert finding.code == "always_false"


def test_a_denial_that_asks_for_presence_is_told_of() -> None:
    assert found(policy(leaf("user.suspended", "exists"), effect="deny")) == [
        ("not_exists_risk", "condition")
    ]
    assert found(policy(leaf("user.suspended", "not_exists"), effect="deny")) == []


@pytest.mark.parametrize(
    ("own", "other", "shadowed"),
    [
        (policy(RISK), policy(None, effect="deny"), True),
        (policy(RISK), policy(RISK, effect="deny", actions=["*"]), True),
        (policy(SECRET), policy(leaf(CLEARANCE, "security_level_meets", "internal"), effect="deny"), True),
        (policy(leaf(CLEARANCE, "security_level_meets", "internal")), policy(SECRET, effect="deny"), False),
        (policy(RISK), policy(None, effect="deny", resource_type="run"), False),
        (policy(RISK), policy(None, effect="deny", resources=["w1"]), False),
        (policy(RISK, resources=["w1"]), policy(None, effect="deny", resources=["w1", "w2"]), True),
        (policy(RISK), policy(None), True),
        (policy(RISK), policy(SECRET), False),
        (policy(RISK, effect="deny"), policy(None), False),
        (policy(RISK, effect="deny"), policy(None, effect="deny"), True),
    ],
)
def test_a_policy_that_another_decides_already_is_shadowed(own: Any, other: Any, shadowed: bool) -> None:
    assert (("shadowed", "") in found(own, {**other, "key": "other"})) is shadowed
    assert ("shadowed", "") not in found(own, {**other, "key": "own"}), "it shadows itself"


def test_what_is_found_possible_holds_every_verdict_that_comes() -> None:
    seen: Counter[tuple[Verdict, bool]] = Counter()
    for seed in range(1_000):
        rnd = Random(seed)
        document = trees.policy(rnd)
        part = located(document["condition"], "condition", Levels(DEFAULT_LEVELS))
        possible = Possible([part], values_at_hand(document)).verdicts(part)
        for _ in range(4):
            verdict = judged(document, trees.subject(rnd), trees.resource(rnd), trees.environment(rnd))
            assert verdict in possible, f"seed {seed}"
            seen[verdict, len(possible) < 3] += 1
    assert seen[True, True] > 100
    assert seen[False, True] > 100


def judged(document: dict[str, Any], subject: Subject, resource: Resource, env: Environment) -> Verdict:
    node = Reader(Levels(DEFAULT_LEVELS)).read(document["condition"], "condition")
    left = node.reduce(Known(subject, "workflow.view", "workflow", env, resource))
    assert isinstance(left, Const)
    return left.verdict


def test_a_large_condition_is_looked_at_in_no_time() -> None:
    many = [leaf(f"user.a{number}", "equals", number) for number in range(200)]
    same = [leaf("user.score", "equals", number) for number in range(200)]

    assert found(policy({"and": [{"or": many}, {"or": same}]})) == []
