from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guide.peer import Peer, serving


@pytest.fixture(scope="session")
def peer() -> Iterator[Peer]:
    with serving() as peer:
        yield peer
