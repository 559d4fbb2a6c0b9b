from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.errors import NodeError
from runtime.engine.retry import RetryPolicy, check_retry, policy_from

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def delay(policy, *, failures=1, error=None, deadline=None, seed=1):
    return policy.next_delay(
        failures=failures,
        error=error or NodeError("x", code="boom"),
        rng=random.Random(seed),
        now=NOW,
        deadline=deadline,
    )


@pytest.mark.parametrize(
    ("strategy", "longest"),
    [("exponential", [2, 4, 8, 9, 9]), ("linear", [2, 4, 6, 8, 9]), ("constant", [2, 2, 2, 2, 2])],
)
def test_delays_back_off_up_to_the_largest(strategy, longest):
    policy = RetryPolicy(backoff_strategy=strategy, initial_delay=2, max_delay=9)

    assert [policy.longest_delay(failures) for failures in range(1, 6)] == longest


@given(st.integers(1, 500), st.integers())
def test_jitter_stays_between_nothing_and_the_backed_off_delay(failures, seed):
    policy = RetryPolicy(max_retries=500)

    assert (
        0 <= delay(policy, failures=failures, seed=seed) <= policy.longest_delay(failures) <= policy.max_delay
    )


def test_retries_stop_after_the_last():
    assert delay(RetryPolicy(max_retries=3), failures=3) is not None
    assert delay(RetryPolicy(max_retries=3), failures=4) is None


def test_retry_after_wins_over_max_delay_but_not_over_the_deadline():
    error = NodeError("x", code="http_status", status=503, retryable=True, retry_after_s=90)
    policy = RetryPolicy(max_delay=5)

    assert delay(policy, error=error) == 90
    assert delay(policy, error=error, deadline=NOW + timedelta(seconds=91)) == 90
    assert delay(policy, error=error, deadline=NOW + timedelta(seconds=90)) is None


@pytest.mark.parametrize(
    ("options", "error", "expected"),
    [
        ({}, NodeError("x", code="code_error"), True),
        ({}, NodeError("x", code="invalid_output"), False),
        ({}, NodeError("x", code="http_status", status=404), False),
        ({}, NodeError("x", code="http_status", status=503, retryable=True), True),
        ({"retry_on_status": [500]}, NodeError("x", status=500), True),
        ({"retry_on_status": [500]}, NodeError("x", status=503, retryable=True), False),
        ({"retry_on_status": [500]}, NodeError("x", code="connection", retryable=True), True),
        ({"retry_on_status": [500]}, NodeError("x", code="code_error"), False),
        ({"retry_on": ["timeout"]}, NodeError("x", code="timeout"), True),
        ({"retry_on": ["timeout"]}, NodeError("x", code="boom", retryable=True), False),
        ({"retry_on": ["boom"], "retry_on_status": [500]}, NodeError("x", code="boom", status=404), True),
    ],
)
def test_the_policy_says_which_failures_are_tried_again(options, error, expected):
    assert policy_from(options).allows(error) is expected


@pytest.mark.parametrize(
    "options",
    [
        {"max_retries": -1},
        {"max_retries": True},
        {"max_retries": 2.5},
        {"backoff_strategy": "random"},
        {"initial_delay": -1},
        {"max_delay": "1"},
        {"retry_on_status": [99]},
        {"retry_on_status": 500},
        {"retry_on": "timeout"},
        {"attempts": 3},
    ],
)
def test_a_bad_policy_is_located(options):
    problems = check_retry(options)

    assert [problem.field for problem in problems] == [f"options.retry.{next(iter(options))}"]


def test_the_policy_of_the_guide_is_accepted():
    guide = {
        "max_retries": 3,
        "backoff_strategy": "exponential",
        "initial_delay": 1.0,
        "max_delay": 30.0,
        "retry_on_status": [500, 502, 503, 504],
    }

    assert check_retry(guide) == []
    assert policy_from(guide).retry_on_status == {500, 502, 503, 504}
