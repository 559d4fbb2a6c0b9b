"""A pytest plugin that gives the tests a stack of their own before Django's settings are read.

PostgreSQL and Valkey really run, in a temporary `DATA_DIR`; each xdist worker has its own database
(pytest-django names it) and its own channel and cache prefix. Nothing of `.data/` is touched.
With `--own-services` each xdist worker has servers of its own too, for tests that stop them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from designer.embedded.services import Services

_stack = ExitStack()
_OWN = "LOCKGATE_TEST_OWN_SERVICES"
# The machine's own settings must not leak into the tests.
_FOREIGN = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "EMAIL_URL",
    "EGRESS_ALLOW",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "ALLOWED_HOSTS",
    "PORT",
    "SANDBOX_POLICY",
)

found: Services | None = None
"""The servers of this process; None in an xdist worker that shares those of the others."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--own-services", action="store_true", help="servers of its own for each xdist worker")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(args: list[str]) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["CHANNEL_PREFIX"] = os.environ["CELERY_QUEUE_PREFIX"] = f"test-{worker}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
    if "--own-services" in args:
        os.environ[_OWN] = "1"
    if worker == "main" or _OWN in os.environ:
        _start()


def pytest_unconfigure() -> None:
    _stack.close()


def _start() -> None:
    global found
    from designer.embedded.services import services

    for name in _FOREIGN:
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="lockgate-tests-"))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    # A test kills processes, never the machine: without fsync the suite is faster and proves the same.
    found = _stack.enter_context(services(folder / "data", postgres_settings={"fsync": "off"}))
    os.environ.update(found.variables(), LOCKGATE_TEST_STACK=str(folder))
