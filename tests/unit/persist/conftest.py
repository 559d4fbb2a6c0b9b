"""A journal of its own for each test, and no memory of the steps that ran in others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.persist.probe import BROKEN, KEYS, RAN


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    RAN.clear()
    KEYS.clear()
    BROKEN.clear()
    yield


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"
