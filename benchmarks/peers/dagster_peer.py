"""Dagster, measured in an environment of its own: a job of trivial ops, in-process and in memory.

That is its fastest way. Prints one JSON object.
"""

from __future__ import annotations

import json
import time
from importlib.metadata import version

_began = time.perf_counter()

from dagster import DagsterInstance, JobDefinition, job, op  # type: ignore[import-not-found]

IMPORT_S = time.perf_counter() - _began
COUNT = 100


@op  # type: ignore[untyped-decorator]
def first() -> int:
    return 1


@op  # type: ignore[untyped-decorator]
def step(value: int) -> int:
    return 1


def chain() -> JobDefinition:
    @job  # type: ignore[untyped-decorator]
    def trivial_chain() -> None:
        value = first()
        for place in range(COUNT - 1):
            value = step.alias(f"n{place}")(value)

    return trivial_chain


def main() -> None:
    instance = DagsterInstance.ephemeral()
    workflow = chain()
    taken = []
    for _ in range(2):
        started = time.perf_counter()
        assert workflow.execute_in_process(instance=instance).success
        taken.append(time.perf_counter() - started)
    seconds = {"import": IMPORT_S, f"trivial chain {COUNT}": min(taken)}
    print(json.dumps({"version": version("dagster"), "seconds": seconds}))


if __name__ == "__main__":
    main()
