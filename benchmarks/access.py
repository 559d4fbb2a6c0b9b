"""Decisions, lists and masks, in memory, beside Cedar, Casbin and Vakt.

All engines have the same 1,000 policies of one tenant over 15 actions and are asked the same questions about
the same 200 people; their answers are compared. Processor time counts. `warm` is a person who was asked about
before, by a subject made anew for each request, as a server makes it; `cold` somebody whom the policies
never met. Peers are given everything parsed beforehand that they can keep.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from accounts.access import (
    Environment,
    MaskSet,
    PolicySet,
    Resource,
    Subject,
    allowed_among,
    decide,
    list_predicate,
)
from benchmarks.figure import Figure, Remark, number
from benchmarks.peers.access_questions import HOUR, LEVELS, policies_of, requests_of, users_of
from benchmarks.peers.environments import PeerUnavailable, measured

ENV = Environment(datetime(2026, 3, 4, HOUR, tzinfo=UTC))
ROUNDS = 5
ROWS = 20_000
MASKS = {
    "ssn": {
        "condition": {
            "attribute_path": "user.clearance",
            "operator": "security_level_below",
            "value": "secret",
        },
        "mask_type": "partial",
        "visible_chars": 4,
    },
    "account_balance": {
        "condition": {"attribute_path": "user.level", "operator": "less_than", "value": 11},
        "mask_type": "range",
        "ranges": ["< $1M", "$1M-$10M", "$10M-$50M", "> $50M"],
    },
}
Question = tuple[Subject, str, Resource]


def figures() -> Iterator[Figure | Remark]:
    policies = compiled(policies_of(1000))
    questions = questions_of(1000)
    peers: list[str] = []
    answers = [decide(*each, policies=policies, env=ENV).allowed for each in questions]
    for package in ("cedarpy", "casbin", "vakt"):
        try:
            found = measured(package)
        except PeerUnavailable as error:
            yield Remark(f"Without a peer: {error}")
            continue
        peers.append(f"{package} {number(1 / found['seconds']['decision'])}/s")
        asked = len(found["answers"])
        same = sum(a == b for a, b in zip(answers, found["answers"], strict=False))
        yield Remark(f"{package} {found['version']} gave the same answer to {same} of {asked} questions")
    yield Figure(
        "decisions, 1,000 policies, one tenant",
        rate(lambda: ask(policies, questions)) * len(questions),
        "/s",
        50_000,
        at_least=True,
        note="; ".join(peers),
    )
    yield Figure(
        "the same, a new subject for each (warm)",
        rate(lambda: ask(policies, [(replace(who), *rest) for who, *rest in questions]))  # type: ignore[misc]
        * len(questions),
        "/s",
    )
    strangers = [(replace(who, id=uuid4()), action, what) for who, action, what in questions[:200]]
    yield Figure("the same, somebody new each time (cold)", once(lambda: ask(policies, strangers), 200), "/s")
    yield from _many_tenants()
    yield from _lists(policies)
    yield from _masks()


def _many_tenants() -> Iterator[Figure]:
    sets = [compiled(policies_of(50, seed)) for seed in range(200)]
    asked = [(sets[at % 200], *each) for at, each in enumerate(questions_of(1000))]

    def once_each() -> None:
        for policies, who, action, what in asked:
            decide(who, action, what, policies=policies, env=ENV)

    once_each()
    yield Figure(
        "decisions, 10,000 policies over 200 tenants",
        rate(once_each) * len(asked),
        "/s",
        100_000,
        at_least=True,
    )


def _lists(policies: PolicySet) -> Iterator[Figure]:
    who = questions_of(1)[0][0]
    rows = [thing("workflow", str(at), at % 5) for at in range(1000)]

    def all_rows() -> None:
        allowed_among(who, "workflow.view", rows, policies=policies, env=ENV)

    yield Figure("1,000 resources for one person", 1000 / rate(all_rows), "ms", 3)
    took = 1e6 / rate(lambda: list_predicate(who, "workflow.view", "workflow", policies=policies, env=ENV))
    yield Figure("the predicate of that list", took, "µs")


def _masks() -> Iterator[Figure]:
    reader = subject({"clearance": 1, "level": 5, "department": "risk"}, 0)
    masker = MaskSet.compile(MASKS, levels=LEVELS).for_reader(reader)
    assert masker is not None
    rows = [
        {"ssn": f"{at % 900 + 100}-45-{at % 9000 + 1000}", "account_balance": at * 977, "name": "x"}
        for at in range(ROWS)
    ]
    applied = rate(lambda: masker.apply(rows)) * ROWS
    yield Figure("rows masked, two rules", applied, "rows/s", 100_000, at_least=True)


def ask(policies: PolicySet, questions: list[Question]) -> None:
    for who, action, what in questions:
        decide(who, action, what, policies=policies, env=ENV)


def rate(work: Callable[[], object]) -> float:
    """Times a second, of the best of some rounds, in processor time."""
    work()
    best = 0.0
    for _ in range(ROUNDS):
        began, count = time.process_time(), 0
        while time.process_time() - began < 0.25:
            work()
            count += 1
        best = max(best, count / (time.process_time() - began))
    return best


def once(work: Callable[[], object], count: int) -> float:
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


def compiled(stated: list[dict[str, Any]]) -> PolicySet:
    return PolicySet.compile([policy(each) for each in stated], levels=LEVELS)


def policy(stated: dict[str, Any]) -> dict[str, Any]:
    # What is at most a level is below the next one; whatever is below none of them is asked nothing.
    parts = [
        leaf("user.clearance", "security_level_meets", LEVELS[stated["clearance"]]),
        leaf("user.level", "greater_or_equal", stated["level"]),
        leaf("user.department", "hierarchical_match", stated["department"]),
        leaf("env.hour", "less_than", stated["before_hour"]),
    ]
    if stated["classification"] < len(LEVELS) - 1:
        above = LEVELS[stated["classification"] + 1]
        parts.append(leaf("resource.classification", "security_level_below", above))
    return {
        "key": stated["key"],
        "effect": stated["effect"],
        "resource_type": stated["action"].partition(".")[0],
        "actions": [stated["action"]],
        "condition": {"and": parts},
    }


def leaf(path: str, operator: str, value: Any) -> dict[str, Any]:
    return {"attribute_path": path, "operator": operator, "value": value}


def questions_of(count: int) -> list[Question]:
    people = [subject(held, at) for at, held in enumerate(users_of())]
    return [
        (people[user], action, thing(action.partition(".")[0], str(at), level))
        for at, (user, action, level) in enumerate(requests_of(count))
    ]


def subject(held: dict[str, Any], at: int) -> Subject:
    return Subject(
        UUID(int=100 + at), UUID(int=1), attributes={**held, "clearance": LEVELS[held["clearance"]]}
    )


def thing(kind: str, name: str, level: int) -> Resource:
    return Resource(kind, name, UUID(int=1), attributes={"classification": LEVELS[level]})
