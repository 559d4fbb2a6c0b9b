"""Each behaviour is shown on each kind of runtime."""

from __future__ import annotations

import pytest

from tests.unit.runtime_parameters.running import Runner


@pytest.fixture(params=["local", "async", "custom"])
def run(request: pytest.FixtureRequest) -> Runner:
    return Runner(request.param)
