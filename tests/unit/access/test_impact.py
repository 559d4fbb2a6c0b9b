"""An impact answers as single decisions do, whatever the policies ask."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

from accounts.access import GrantFacts, PolicySet, decide
from accounts.access.impact import Asked, Comparison
from tests.unit.access import trees

VIEW = "workflow.view"
GRANT = (GrantFacts("workflow", "w1", frozenset({VIEW})),)


def test_what_differs_is_what_single_decisions_say() -> None:
    seen: Counter[str] = Counter()
    for seed in range(500):
        rnd = Random(seed)
        before = PolicySet.compile(trees.policies(rnd))
        tried = PolicySet.compile([{**trees.policy(rnd), "key": "tried"}])
        gone = [before.policies[0].key] if before.policies and rnd.random() < 0.5 else []
        after = before.with_one(tried, instead_of=gone)
        comparison = Comparison(before, after)
        for _ in range(4):
            subject, row, env = trees.subject(rnd), trees.resource(rnd), trees.environment(rnd)
            asked = Asked(subject, VIEW, row, env, rnd.choice([(), GRANT]))
            single = [
                decide(subject, VIEW, row, policies=each, env=env, grants=asked.grants).allowed
                for each in (before, after)
            ]

            found = comparison.differs(replace(asked, subject=comparison.like(subject)))

            assert found == (tuple(single) if single[0] is not single[1] else None), f"seed {seed}"
            seen["differs" if found else "same"] += 1
    assert min(seen.values()) > 50


def test_people_who_are_alike_in_what_is_asked_are_one() -> None:
    rnd = Random(1)
    policies = PolicySet.compile(
        [{"key": "a", "effect": "deny", "actions": [VIEW],
          "condition": {"attribute_path": "user.department", "operator": "equals", "value": "risk"}}]
    )  # fmt: skip
    comparison = Comparison(PolicySet.compile([]), policies)
    one = replace(trees.subject(rnd), attributes={"department": "risk", "level": "secret"})
    other = replace(one, email="other@example.com", attributes={"department": "risk", "level": "public"})

    assert comparison.like(one) is comparison.like(other)
    assert comparison.like(replace(one, attributes={"department": "sales"})) is not comparison.like(one)
    assert comparison.like(replace(one, permissions=frozenset({VIEW}))) is not comparison.like(
        replace(one, permissions=frozenset())
    )


def test_policies_about_viewing_reach_what_belongs_to_the_thing() -> None:
    nothing = PolicySet.compile([])
    running = PolicySet.compile([{"key": "a", "effect": "deny", "actions": ["workflow.run"]}])
    viewing = PolicySet.compile([{"key": "a", "effect": "deny", "actions": ["workflow.view"]}])

    assert Comparison(nothing, running).actions == {"workflow.run"}
    assert Comparison(nothing, viewing).actions is None
