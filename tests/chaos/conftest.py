"""A running product of its own for each test: these tests kill it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.product import Product


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a product that was started once and stopped; each test starts from a copy of it."""
    started = Product(tmp_path_factory.mktemp("first-start") / "data")
    started.start()
    started.stop()
    return started.data_dir


@pytest.fixture
def fresh_product(first_start: Path, tmp_path: Path) -> Iterator[Product]:
    shutil.copytree(first_start, tmp_path / "data")
    started = Product(tmp_path / "data")
    started.start()
    yield started
    started.stop()
