"""What must hold of every policy, subject and resource, by thousands of random ones.

They are drawn from seeds, which is forty times as fast as from strategies: a failure names its seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

from accounts.access import (
    GrantFacts,
    PolicySet,
    Resource,
    Subject,
    allowed_among,
    decide,
    explain,
    list_predicate,
    may_somewhere,
)
from accounts.access.paths import resource_value
from accounts.access.predicates import holds
from tests.unit.access import trees

VIEW = "workflow.view"
GRANT = (GrantFacts("workflow", "w1", frozenset({VIEW})),)


@contextmanager
def seeded(seed: int) -> Iterator[Random]:
    try:
        yield Random(seed)
    except AssertionError as error:
        error.add_note(f"seed {seed}")
        raise


class Columns(dict[str, Any]):
    """The resource as a store has it: a value for each field that is asked for."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    def get(self, key: str, default: Any = None) -> Any:
        return resource_value(self._resource, key)


def test_a_list_holds_what_single_checks_allow() -> None:
    seen: Counter[bool] = Counter()
    for seed in range(2_500):
        with seeded(seed) as rnd:
            subject, rows = trees.subject(rnd), [trees.resource(rnd) for _ in range(3)]
            asked: dict[str, Any] = {
                "policies": PolicySet.compile(trees.policies(rnd)),
                "env": trees.environment(rnd),
                "grants": rnd.choice([(), GRANT]),
                "strategy": rnd.choice(["rbac", "abac", "hybrid", "hybrid"]),
            }

            predicate = list_predicate(subject, VIEW, "workflow", **asked)

            answers = allowed_among(subject, VIEW, rows, **asked)

            for row, answer in zip(rows, answers, strict=True):
                allowed = decide(subject, VIEW, row, **asked).allowed
                assert answer is allowed
                assert holds(predicate, Columns(row)) is allowed
                assert may_somewhere(subject, VIEW, **asked).allowed or not allowed
                seen[allowed] += 1
    assert min(seen.values()) > 1_000


def test_conditions_are_true_false_and_undecided_alike_in_both_ways() -> None:
    """An allow shows where a condition is true, a deny where it is false or nobody can tell."""
    everyone = replace(trees.subject(Random(0)), permissions=frozenset({VIEW}))
    for seed in range(1_500):
        with seeded(seed) as rnd:
            tree, row, env = trees.policy(rnd)["condition"], trees.resource(rnd), trees.environment(rnd)
            subject = replace(everyone, attributes=trees.attributes(rnd))
            for effect in ("allow", "deny"):
                known = PolicySet.compile(
                    [{"key": "p", "effect": effect, "actions": [VIEW], "condition": tree}]
                )
                strategy = "abac" if effect == "allow" else "hybrid"
                listed = list_predicate(subject, VIEW, "workflow", policies=known, env=env, strategy=strategy)
                single = decide(subject, VIEW, row, policies=known, env=env, strategy=strategy)
                assert holds(listed, Columns(row)) is single.allowed


def test_another_deny_never_widens_and_another_allow_never_narrows() -> None:
    changed: Counter[str] = Counter()
    for seed in range(1_500):
        with seeded(seed) as rnd:
            subject, row, env = trees.subject(rnd), trees.resource(rnd), trees.environment(rnd)
            stated, effect = trees.policies(rnd), rnd.choice(["allow", "deny"])
            more = trees.policy(rnd, effect)

            before = decide(subject, VIEW, row, policies=PolicySet.compile(stated), env=env).allowed
            after = decide(subject, VIEW, row, policies=PolicySet.compile([*stated, more]), env=env).allowed

            assert after >= before if effect == "allow" else after <= before
            changed[effect] += after is not before
    assert min(changed.values()) > 15


def test_neither_order_nor_duplicates_matter() -> None:
    for seed in range(700):
        with seeded(seed) as rnd:
            subject, row, env = trees.subject(rnd), trees.resource(rnd), trees.environment(rnd)
            stated = trees.policies(rnd)
            shuffled = [*stated, *({**each, "key": f"{each['key']}-again"} for each in stated)]
            rnd.shuffle(shuffled)

            before = decide(subject, VIEW, row, policies=PolicySet.compile(stated), env=env)
            after = decide(subject, VIEW, row, policies=PolicySet.compile(shuffled), env=env)

            assert (before.allowed, before.rule, before.missing) == (after.allowed, after.rule, after.missing)
            assert {key.removesuffix("-again") for key in after.policies} == set(before.policies)


def test_a_missing_attribute_never_widens() -> None:
    narrowed = 0
    for seed in range(2_000):
        with seeded(seed) as rnd:
            subject, row, env = trees.subject(rnd), trees.resource(rnd), trees.environment(rnd)
            known = PolicySet.compile(trees.policies(rnd, presence=False))
            gone = rnd.choice(sorted(trees.ATTRIBUTES))
            poorer, less = subject, row
            if rnd.random() < 0.5:
                poorer = replace(subject, attributes=_without(subject.attributes, gone))
            else:
                less = replace(row, attributes=_without(row.attributes, gone))

            before = decide(subject, VIEW, row, policies=known, env=env).allowed
            after = decide(poorer, VIEW, less, policies=known, env=env).allowed

            assert after <= before
            narrowed += after is not before
    assert narrowed > 15


def _without(attributes: Any, gone: str) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if name != gone}


def test_only_not_exists_lets_a_missing_attribute_widen() -> None:
    allow = {
        "key": "unlabelled",
        "effect": "allow",
        "actions": [VIEW],
        "condition": {"attribute_path": "resource.level", "operator": "not_exists"},
    }
    known = PolicySet.compile([allow])
    labelled = Resource("workflow", "w1", trees.TENANT, attributes={"level": "secret"})
    nobody = Subject(trees.PERSON, trees.TENANT)

    assert not decide(nobody, VIEW, labelled, policies=known).allowed
    assert decide(nobody, VIEW, replace(labelled, attributes={}), policies=known).allowed


def test_an_explanation_gives_the_decision_itself() -> None:
    for seed in range(1_500):
        with seeded(seed) as rnd:
            subject, row = trees.subject(rnd), trees.resource(rnd)
            asked: dict[str, Any] = {
                "policies": PolicySet.compile(trees.policies(rnd)),
                "env": trees.environment(rnd),
                "strategy": rnd.choice(["rbac", "abac", "hybrid"]),
            }

            shown = explain(subject, VIEW, row, **asked)
            document = shown.to_dict()

            assert shown.decision == decide(subject, VIEW, row, **asked)
            deciding = [step for step in document["steps"] if step["outcome"] in ("allow", "deny")]
            assert [step["outcome"] for step in deciding] == ["allow" if document["allowed"] else "deny"]
            for each in document["policies"]:
                wanted = (True,) if document["allowed"] else (True, "unknown")
                assert not each["decides"] or each["verdict"] in wanted


def test_what_was_worked_out_for_a_subject_stays_true() -> None:
    """A set that was asked before answers as a fresh one does."""
    for seed in range(100):
        with seeded(seed) as rnd:
            stated, env = trees.policies(rnd), trees.environment(rnd)
            warm = PolicySet.compile(stated)
            subjects, rows = (
                [trees.subject(rnd) for _ in range(3)],
                [trees.resource(rnd) for _ in range(3)],
            )
            for _ in range(2):
                for subject in subjects:
                    for row in rows:
                        fresh = PolicySet.compile(stated)
                        assert decide(subject, VIEW, row, policies=warm, env=env) == decide(
                            subject, VIEW, row, policies=fresh, env=env
                        )
