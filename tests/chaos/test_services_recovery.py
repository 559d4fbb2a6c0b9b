"""PostgreSQL and the broker die under a run: it goes on when they are back, and repeats nothing."""

from __future__ import annotations

import os
import signal
import time

from tests.chaos.test_product_recovery import (
    assert_finished_without_repeats,
    events_of,
    start_chain,
    wait_for,
    wait_until_over,
)
from tests.product import Product


def pid_of(product: Product, name: str) -> int:
    """The first process whose program has this name: of PostgreSQL's, the postmaster."""
    return min(pid for pid, command in product.children().items() if name in command.split(" ")[0])


def test_a_killed_database_comes_back_and_the_run_goes_on(fresh_product: Product) -> None:
    token = fresh_product.token()
    run_id = start_chain(fresh_product, token)
    wait_for(fresh_product, token, run_id, succeeded_nodes=2)
    before = events_of(fresh_product, token, run_id)

    os.kill(pid_of(fresh_product, "postgres"), signal.SIGKILL)
    until_ready(fresh_product)

    assert wait_until_over(fresh_product, token, run_id) == "succeeded"
    assert_finished_without_repeats(fresh_product, token, run_id, before)


def test_a_killed_broker_costs_latency_alone(fresh_product: Product) -> None:
    token = fresh_product.token()
    run_id = start_chain(fresh_product, token)
    wait_for(fresh_product, token, run_id, succeeded_nodes=1)
    before = events_of(fresh_product, token, run_id)

    os.kill(pid_of(fresh_product, "valkey"), signal.SIGKILL)
    another = start_chain(fresh_product, token)

    assert wait_until_over(fresh_product, token, run_id) == "succeeded"
    assert wait_until_over(fresh_product, token, another) == "succeeded"
    assert_finished_without_repeats(fresh_product, token, run_id, before)


def until_ready(product: Product) -> None:
    until = time.monotonic() + 60
    while not product.is_ready():
        assert time.monotonic() < until, product.said()
        time.sleep(0.2)
