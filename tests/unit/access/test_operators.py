from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.access import OPERATORS, Environment, PolicySet, Resource, Subject, decide
from accounts.access.levels import Levels
from accounts.access.operators import judge

WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)
LEVELS = Levels()
T, F, N = True, False, None


def verdict(operator: str, actual: Any, stated: Any) -> bool | None:
    """What is made of an attribute by the value of a condition."""
    found = OPERATORS[operator]
    literal = None if found.takes == "none" else found.read(stated, LEVELS)
    return judge(found.bounds("x", literal, LEVELS))(found.adapt(actual))


@pytest.mark.parametrize(
    ("operator", "stated", "verdicts"),
    [
        ("equals", "a", {"a": T, "b": F, "A": F, 1: N, None: N, "": N}),
        ("equals", 1, {1: T, 2: F, "1": N, None: N}),
        ("equals", True, {True: T, False: F, "true": N, 2: N}),
        ("not_equals", "a", {"a": F, "b": T, 1: N, None: N}),
        ("in", ["a", "b"], {"a": T, "c": F, 1: N, None: N, ("a",): N}),
        ("not_in", [1, 2], {1: F, 3: T, "1": N, None: N}),
        ("less_than", 3, {2: T, 3: F, 2.5: T, "2": N, None: N, True: N, float("nan"): N}),
        ("less_or_equal", 3, {3: T, 4: F}),
        ("greater_than", 3, {3: F, 4: T}),
        ("greater_or_equal", 3, {3: T, 2: F, None: N}),
        ("greater_than", "2026-01-01", {WEDNESDAY: T, "2025-12-31": F, 5: N, "soon": N}),
        ("between", [1, 3], {1: T, 3: T, 0: F, 4: F, "2": N, None: N}),
        ("starts_with", "inv", {"invest": T, "Invest": F, "in": F, 5: N}),
        ("ends_with", "st", {"invest": T, "investor": F, "": N}),
        ("contains", "ves", {"invest": T, "risk": F, ("ves", "x"): T, ("x",): F, 5: N}),
        ("contains", 5, {(5, 6): T, (6,): F, "5": N, 5: N}),
        ("not_contains", "ves", {"invest": F, "risk": T, ("ves",): F, ("x",): T, None: N}),
        ("contains_any", ["a", "b"], {("b", "c"): T, ("c",): F, (): F, "a": N, None: N}),
        ("contains_all", ["a", "b"], {("b", "a", "c"): T, ("a",): F, (): F, None: N}),
        ("is_empty", None, {(): T, ("a",): F, "a": F, None: N, 5: N}),
        ("matches", r"W-\d{2}", {"W-12": T, "W-123": F, "xW-12": F, "W-12\n": F, 12: N}),
        ("hierarchical_match", "inv", {"inv": T, "inv.a": T, "investment": F, "a.inv": F, 5: N}),
        ("security_level_meets", "secret", {"secret": T, "top_secret": T, "public": F, "odd": N, None: N}),
        ("security_level_below", "secret", {"secret": F, "internal": T, "odd": N, None: N, 3: N}),
        ("matches_data_region", "us_east", {"us_east": T, "us": T, "global": T, "us_west": F, "u": F}),
        ("exists", None, {"a": T, 0: T, None: F, "": F}),
        ("not_exists", None, {"a": F, 0: F, None: T, "": T}),
        ("date_between", ["2026-03-03", "2026-03-04"], {WEDNESDAY: T, "2026-03-05": F, "2026-03-04": T}),
    ],
)
def test_verdicts(operator: str, stated: Any, verdicts: dict[Any, bool | None]) -> None:
    assert {actual: verdict(operator, actual, stated) for actual in verdicts} == verdicts


@pytest.mark.parametrize("operator", [name for name, each in OPERATORS.items() if each.takes_path])
def test_sides_can_be_changed(operator: str) -> None:
    """Who is compared with a column is judged as by the column that is compared with it."""
    found = OPERATORS[operator]
    values = ["us", "us_east", "us.x", "secret", "internal", "odd", 3, 4, True, ["us"], ["us", "x"], [3]]
    for left in values:
        for right in values:
            direct = judge(found.bounds("x", found.adapt(right), LEVELS))(found.adapt(left))
            assert judge(found.flipped(found.adapt(left), "x", LEVELS))(found.adapt(right)) is direct


@pytest.mark.parametrize(
    ("operator", "stated", "at", "ip", "mfa", "allowed"),
    [
        ("time_between", ["09:00", "17:00"], "12:00", None, None, True),
        ("time_between", ["09:00", "17:00"], "17:00", None, None, False),
        ("time_between", ["22:00", "06:00"], "23:30", None, None, True),
        ("time_between", ["22:00", "06:00"], "12:00", None, None, False),
        ("weekday_in", ["mon", "Wednesday"], "12:00", None, None, True),
        ("weekday_in", [6, 7], "12:00", None, None, False),
        ("ip_in", ["10.0.0.0/8", "2001:db8::/32"], "12:00", "10.9.8.7", None, True),
        ("ip_in", "10.0.0.0/8", "12:00", "::ffff:10.9.8.7", None, True),
        ("ip_in", "10.0.0.0/8", "12:00", "11.9.8.7", None, False),
        ("ip_in", "10.0.0.0/8", "12:00", None, None, False),
        ("ip_in", "10.0.0.0/8", "12:00", "nowhere", None, False),
        ("mfa_within", 15, "12:00", None, 14, True),
        ("mfa_within", 15, "12:00", None, 16, False),
        ("mfa_within", 15, "12:00", None, -1, False),
        ("mfa_within", 15, "12:00", None, None, False),
    ],
)
def test_surroundings(
    operator: str, stated: Any, at: str, ip: str | None, mfa: int | None, allowed: bool
) -> None:
    now = datetime.fromisoformat(f"2026-03-04T{at}+00:00")
    env = Environment(now, ip, None if mfa is None else now - timedelta(minutes=mfa))
    allow = {
        "key": "p",
        "effect": "allow",
        "actions": ["workflow.view"],
        "condition": {"operator": operator, "value": stated},
    }
    person = Subject(UUID(int=3), UUID(int=1))
    workflow = Resource("workflow", "w", UUID(int=1))

    found = decide(person, "workflow.view", workflow, policies=PolicySet.compile([allow]), env=env)

    assert found.allowed is allowed


def test_times_have_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Environment(datetime(2026, 3, 4))


def test_every_operator_says_what_a_form_needs() -> None:
    for name, operator in OPERATORS.items():
        assert operator.name == name
        assert operator.label and operator.takes and operator.left
