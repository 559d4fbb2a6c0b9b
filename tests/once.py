"""What is costly to find out and only looked at: found out once for all workers of a test run."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from typing import Any

import pytest


def once(factory: pytest.TempPathFactory, name: str, find: Callable[[], Any]) -> Any:
    """The JSON value that `find` gives; the first worker to ask calls it, the others wait for it."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    found = folder / f"once-{name}.json"
    with (folder / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            found.write_text(json.dumps(find()), "utf-8")
    return json.loads(found.read_text("utf-8"))
