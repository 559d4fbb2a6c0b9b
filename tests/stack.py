"""A pytest plugin that gives the tests a stack of their own before Django's settings are read.

PostgreSQL and Valkey really run, in a temporary `DATA_DIR`; each xdist worker has its own database
(pytest-django names it) and its own channel and cache prefix. Nothing of `.data/` is touched.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

_stack = ExitStack()
# The machine's own settings must not leak into the tests.
_FOREIGN = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "EMAIL_URL",
    "EGRESS_ALLOW",
    "ALLOWED_HOSTS",
    "PORT",
    "SANDBOX_POLICY",
)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["CHANNEL_PREFIX"] = os.environ["CELERY_QUEUE_PREFIX"] = f"test-{worker}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
    if "LOCKGATE_TEST_STACK" not in os.environ:
        _start()


def pytest_unconfigure() -> None:
    _stack.close()


def _start() -> None:
    from designer.embedded.services import services

    for name in _FOREIGN:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="lockgate-tests-"))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    # A test kills processes, never the machine: without fsync the suite is faster and proves the same.
    found = _stack.enter_context(services(folder / "data", postgres_settings={"fsync": "off"}))
    os.environ.update(found.variables(), LOCKGATE_TEST_STACK=str(folder))
