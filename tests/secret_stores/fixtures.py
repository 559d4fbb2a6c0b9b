"""The stores that secrets come from, one of each for a session: started by the first test that asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.secret_stores import azure as azure_peer
from tests.secret_stores import moto as aws_peer
from tests.secret_stores import openbao as vault_peer


@pytest.fixture(scope="session")
def openbao() -> Iterator[vault_peer.OpenBao]:
    """Whoever seals it opens it again: `with openbao.sealed()`."""
    with vault_peer.openbao() as found:
        yield found


@pytest.fixture(scope="session")
def moto() -> Iterator[aws_peer.Moto]:
    with aws_peer.moto() as found:
        yield found


@pytest.fixture(scope="session")
def azure() -> Iterator[azure_peer.Azure]:
    """A stand-in, not the service: see `tests.secret_stores.azure`."""
    with azure_peer.azure() as found:
        yield found
