"""Services that may be stopped, workers that are killed, and a report of what was done to them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from runtime.models import Run, Workflow
from runtime.services.registry import node_registry
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, snapshot_version
from tests.chaos import effects, nodes
from tests.chaos.hosts import Workers
from tests.chaos.report import own_files, put_together, report, write_own
from tests.chaos.worker_environment import SHORT_LEASES
from tests.once import once
from tests.people import make_tenant, make_user
from tests.product import Product

RunMaker = Callable[..., Run]
_began = time.time()


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a product that was started once and stopped; each test starts from a copy of it."""

    def start_and_stop() -> str:
        started = Product(tmp_path_factory.mktemp("first-start") / "data")
        try:
            started.start()
        finally:
            started.stop()
        return str(started.data_dir)

    return Path(once(tmp_path_factory, "first-start", start_and_stop))


@pytest.fixture
def fresh_product(first_start: Path, tmp_path: Path) -> Iterator[Product]:
    shutil.copytree(first_start, tmp_path / "data")
    started = Product(tmp_path / "data", environment=SHORT_LEASES)
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def all_workers(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    """One nursery of workers for all tests of this process."""
    folder = tmp_path_factory.mktemp("workers")
    os.environ[effects.VARIABLE] = str(folder / "effects.jsonl")
    for node_class in nodes.CLASSES:
        node_registry().add(node_class)
    workers = Workers(folder)
    yield workers
    workers.close()


@pytest.fixture
def workers(all_workers: Workers, transactional_db: None) -> Iterator[Workers]:
    """Whatever a test leaves is killed before its tables are emptied."""
    yield all_workers
    all_workers.end_all()


@pytest.fixture
def user(transactional_db: None) -> User:
    return make_user(make_tenant(), "owner")


@pytest.fixture
def workflow(user: User) -> Workflow:
    return create_workflow(tenant=user.tenant, user=user, name="Chaos")


@pytest.fixture
def make_run(all_workers: Workers, workflow: Workflow, user: User) -> RunMaker:
    """A queued run of a graph document."""

    def make(document: dict[str, Any], **options: Any) -> Run:
        return start_run(user, snapshot_version(workflow, document, user=user), **options)

    return make


def pytest_sessionstart() -> None:
    """What a run that was broken off left is none of ours."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for path in own_files():
            path.unlink()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


def _note(outcome: pytest.TestReport) -> None:
    if "tests/chaos" in outcome.nodeid and (outcome.when == "call" or outcome.outcome != "passed"):
        report().note_test(Path(outcome.nodeid.split("::")[0]).stem, outcome.outcome)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Each xdist worker leaves what it did; the process that started them puts it together."""
    is_xdist_worker = "PYTEST_XDIST_WORKER" in os.environ
    if not is_xdist_worker and session.config.getoption("numprocesses", None):
        report().tests.clear()
    write_own()
    if is_xdist_worker:
        return
    took_s = round(time.time() - _began, 1)
    facts = {"at": time.strftime("%Y-%m-%d %H:%M", time.gmtime(_began)), "took_s": took_s}
    whole = put_together({**facts, "marker": session.config.getoption("markexpr", "")})
    _say(session, whole)


def _say(session: pytest.Session, whole: Any) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not whole.runs:
        return
    slowest = max(whole.recoveries_s, default=0.0)
    reporter.write_line("")
    reporter.write_line(
        f"chaos: {whole.kills} kills of workers, {whole.server_stops} of servers, {whole.runs} runs checked, "
        f"{whole.restarts} restarts, {whole.repeated_effects} of {whole.effects} effects repeated, "
        f"{sum(whole.invariants.values())} checks of invariants, slowest recovery {slowest:.1f} s"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The soak first: it takes as long as all the others, beside them."""
    items.sort(key=lambda item: "test_soak" not in item.nodeid)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak-s", default="300", help="how long the soak kills workers, in seconds")
