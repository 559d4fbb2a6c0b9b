"""The file of effects: a line for each attempt of a test's node, appended in one write, whoever dies then."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from runtime.engine.node import NodeContext

VARIABLE = "LOCKGATE_TEST_EFFECTS"


class Effect(NamedTuple):
    run_id: str
    path: str
    attempt: int
    key: str
    pid: int


def file() -> Path:
    return Path(os.environ[VARIABLE])


def leave(context: NodeContext) -> None:
    """The effect of this attempt, seen outside of the database."""
    line = json.dumps(
        [context.run_id, context.node_id, context.attempt, context.idempotency_key, os.getpid()]
    )
    handle = os.open(file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode() + b"\n")
    finally:
        os.close(handle)


def read() -> list[Effect]:
    """Without the line that is being written."""
    if not file().exists():
        return []
    whole = file().read_text().rpartition("\n")[0]
    return [Effect(*json.loads(line)) for line in whole.splitlines()]


def of_run(run_id: object) -> Counter[str]:
    """How often each node of a run had its effect, by its path."""
    return Counter(effect.path for effect in read() if effect.run_id == str(run_id))


def count(run_id: str, path: str) -> int:
    return of_run(run_id)[path]
