"""Random subjects, resources, condition trees and policies, with values missing or of another type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from accounts.access import DEFAULT_LEVELS, Environment, Resource, Subject, check_condition

TENANT, PERSON = UUID(int=1), UUID(int=3)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
DEPARTMENTS = ["investment", "investment.analytics", "investment_x", "risk", "risk.models", "us", "us_east"]
TAGS = ["pii", "eu", "risk"]

Make = Callable[[Random], Any]


def level(rnd: Random) -> str:
    return rnd.choice([*DEFAULT_LEVELS, "weird"])


def text(rnd: Random) -> str:
    return rnd.choice(DEPARTMENTS)


def number(rnd: Random) -> float:
    return rnd.choice([rnd.randint(0, 9), 0.5, 3.0, -1.5])


def tags(rnd: Random) -> list[str]:
    return rnd.sample(TAGS, rnd.randint(0, 3))


def moment(rnd: Random) -> datetime:
    return NOON + timedelta(hours=rnd.randint(-48, 48))


def truth(rnd: Random) -> bool:
    return rnd.random() < 0.5


ATTRIBUTES: dict[str, Make] = {
    "level": level, "department": text, "score": number, "tags": tags, "at": moment, "flag": truth
}  # fmt: skip
ODD = [None, "", 5, "5", True, [1], ["pii"], "weird"]


def attributes(rnd: Random) -> dict[str, Any]:
    """Mostly the usual values; now and then none, an empty one, or one of another type."""
    return {
        name: make(rnd) if rnd.random() < 0.8 else rnd.choice(ODD)
        for name, make in ATTRIBUTES.items()
        if rnd.random() < 0.85
    }


def subject(rnd: Random, **facts: Any) -> Subject:
    roles = frozenset(rnd.sample(["analyst", "viewer"], rnd.randint(0, 2)))
    given = rnd.choice([frozenset(), frozenset({"workflow.view"})])
    return Subject(PERSON, TENANT, roles=roles, permissions=given, attributes=attributes(rnd), **facts)


def resource(rnd: Random) -> Resource:
    owner = rnd.choice([None, PERSON, UUID(int=4)])
    project = Resource("project", "p", TENANT, None, attributes(rnd))
    return Resource("workflow", f"w{rnd.randint(1, 3)}", TENANT, owner, attributes(rnd), project)


def environment(rnd: Random) -> Environment:
    at, mfa = moment(rnd), rnd.choice([None, 1, 90])
    ip = rnd.choice([None, "10.1.2.3", "192.0.2.1", "no address"])
    return Environment(at, ip, None if mfa is None else at - timedelta(minutes=mfa))


PATHS = [f"{root}.{name}" for root in ("user", "resource", "resource.project") for name in ATTRIBUTES]
VALUES: dict[str, Make] = {
    "equals": lambda rnd: rnd.choice([text, number, truth])(rnd),
    "not_equals": lambda rnd: rnd.choice([text, number, truth])(rnd),
    "in": lambda rnd: rnd.choices(DEPARTMENTS, k=rnd.randint(1, 3)),
    "not_in": lambda rnd: rnd.choices(range(10), k=rnd.randint(1, 3)),
    "less_than": lambda rnd: rnd.choice([number(rnd), moment(rnd).isoformat()]),
    "less_or_equal": lambda rnd: rnd.choice([number(rnd), moment(rnd).isoformat()]),
    "greater_than": lambda rnd: rnd.choice([number(rnd), moment(rnd).isoformat()]),
    "greater_or_equal": lambda rnd: rnd.choice([number(rnd), moment(rnd).isoformat()]),
    "between": lambda rnd: [rnd.randint(0, 4), rnd.randint(5, 9)],
    "starts_with": text,
    "ends_with": lambda rnd: rnd.choice(["x", "s", "risk"]),
    "contains": lambda rnd: rnd.choice(["in", "pii", 1]),
    "not_contains": lambda rnd: rnd.choice(["in", "pii"]),
    "contains_any": lambda rnd: rnd.choices(TAGS, k=2),
    "contains_all": lambda rnd: rnd.choices(TAGS, k=2),
    "matches": lambda rnd: rnd.choice(["invest.*", "(us|risk)[._a-z]*", "[^.]+"]),
    "hierarchical_match": text,
    "security_level_meets": lambda rnd: rnd.choice(DEFAULT_LEVELS),
    "security_level_below": lambda rnd: rnd.choice(DEFAULT_LEVELS),
    "matches_data_region": text,
    "date_between": lambda rnd: ["2026-03-03", "2026-03-04"],
}
FITTING = {
    "level": ("equals", "security_level_meets", "security_level_below"),
    "department": ("equals", "not_equals", "in", "starts_with", "ends_with", "contains", "not_contains",
                   "matches", "hierarchical_match", "matches_data_region"),
    "score": ("equals", "not_in", "less_than", "less_or_equal", "greater_than", "greater_or_equal",
              "between"),
    "tags": ("contains", "not_contains", "contains_any", "contains_all"),
    "at": ("less_than", "less_or_equal", "greater_than", "greater_or_equal", "date_between"),
    "flag": ("equals", "not_equals"),
}  # fmt: skip
ON_PATHS = sorted(set(VALUES) - {"between", "matches", "date_between"})
ALONE = [
    {"operator": "is_owner"},
    {"operator": "same_tenant"},
    {"operator": "has_role", "value": "analyst"},
    {"operator": "time_between", "value": ["09:00", "17:00"]},
    {"operator": "time_between", "value": ["22:00", "06:00"]},
    {"operator": "weekday_in", "value": ["mon", "wed"]},
    {"operator": "ip_in", "value": ["10.0.0.0/8"]},
    {"operator": "mfa_within", "value": 15},
    {"attribute_path": "env.hour", "operator": "less_than", "value_path": "resource.score"},
    {"attribute_path": "env.hour", "operator": "between", "value": [8, 17]},
    {"attribute_path": "resource.type", "operator": "equals", "value": "workflow"},
    {"attribute_path": "action", "operator": "starts_with", "value": "workflow."},
    {"attribute_path": "resource.id", "operator": "in", "value": ["w1", "w2"]},
]


def leaf(rnd: Random, presence: bool) -> dict[str, Any]:
    choice = rnd.random()
    if choice < 0.1:
        return rnd.choice(ALONE)
    path = rnd.choice(PATHS)
    if choice < 0.2 and presence:
        return {"attribute_path": path, "operator": rnd.choice(["exists", "not_exists", "is_empty"])}
    name = path.rsplit(".", 1)[-1]
    fitting = [each for each in FITTING[name] if choice >= 0.45 or each in ON_PATHS]
    # Now and then an operator that does not fit: the condition can then be neither true nor false.
    operator = rnd.choice(fitting if rnd.random() < 0.9 else ON_PATHS)
    if choice >= 0.45:
        return {"attribute_path": path, "operator": operator, "value": VALUES[operator](rnd)}
    sides = [f"user.{name}", rnd.choice([f"resource.{name}", f"resource.project.{name}"])]
    rnd.shuffle(sides)
    return {"attribute_path": sides[0], "operator": operator, "value_path": sides[1]}


def tree(rnd: Random, *, presence: bool = True, depth: int = 0) -> dict[str, Any]:
    """A condition. Without `presence` none that asks whether an attribute is there."""
    kind = rnd.choice(["and", "or", "not"])
    if depth > 2 or rnd.random() < 0.45:
        return leaf(rnd, presence)
    if kind == "not":
        return {"not": tree(rnd, presence=presence, depth=depth + 1)}
    return {kind: [tree(rnd, presence=presence, depth=depth + 1) for _ in range(rnd.randint(1, 3))]}


def policy(rnd: Random, effect: str | None = None, *, presence: bool = True) -> dict[str, Any]:
    """A policy that can be read: a condition that contradicts itself is drawn again."""
    while True:
        condition = tree(rnd, presence=presence)
        if not check_condition(condition):
            break
    return {
        "key": f"p{rnd.getrandbits(60)}",
        "effect": effect or rnd.choice(["allow", "deny"]),
        "actions": rnd.choice([["workflow.view"], ["workflow.view"], ["workflow.*"], ["workflow.edit"]]),
        "resources": rnd.choice([["*"], ["*"], ["w1"], ["w1", "w2"]]),
        "condition": condition,
    }


def policies(rnd: Random, *, presence: bool = True) -> list[dict[str, Any]]:
    return [policy(rnd, presence=presence) for _ in range(rnd.randint(1, 4))]
