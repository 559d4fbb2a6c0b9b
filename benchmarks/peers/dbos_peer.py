"""DBOS, measured in an environment of its own: workflows of trivial steps, each step recorded in PostgreSQL.

`PEER_DATABASE_URL` names the server; it makes its own database there. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from importlib.metadata import version

from dbos import DBOS, DBOSConfig  # type: ignore[import-not-found]

CHAIN, ROUNDS, WARM_UP = 100, 8, 2
MANY_RUNS, MANY_STEPS = 50, 20


@DBOS.step()  # type: ignore[untyped-decorator]
def step(value: int) -> int:
    return value + 1


@DBOS.workflow()  # type: ignore[untyped-decorator]
def chain(length: int) -> int:
    value = 0
    for _ in range(length):
        value = step(value)
    return value


def main() -> None:
    url = os.environ["PEER_DATABASE_URL"]
    config: DBOSConfig = {
        "name": "peer",
        "system_database_url": url,
        "log_level": "ERROR",
        "run_admin_server": False,
    }
    DBOS(config=config)
    DBOS.launch()
    try:
        found = {"chain": time_chain(), "many": time_many()}
    finally:
        DBOS.destroy()
    print(json.dumps({"version": version("dbos"), "seconds": found}))


def time_chain() -> float:
    """Seconds a step, from the call of a workflow of 100 to its recorded end."""
    times = []
    for _ in range(ROUNDS + WARM_UP):
        began = time.perf_counter()
        assert chain(CHAIN) == CHAIN
        times.append((time.perf_counter() - began) / CHAIN)
    return statistics.median(times[WARM_UP:])


def time_many() -> float:
    """Seconds a step, of 50 workflows of 20 steps at once."""
    began = time.perf_counter()
    handles = [DBOS.start_workflow(chain, MANY_STEPS) for _ in range(MANY_RUNS)]
    assert all(handle.get_result() == MANY_STEPS for handle in handles)
    return (time.perf_counter() - began) / (MANY_RUNS * MANY_STEPS)


if __name__ == "__main__":
    main()
