from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.engine.errors import ParameterError
from runtime.engine.node import Park
from runtime.nodes.wait import WaitNode
from tests.unit.nodes.surroundings import Context, outputs_of, run


def test_short_wait_passes_its_input_on() -> None:
    assert outputs_of(WaitNode(seconds=0.01), input={"a": 1}) == {"result": {"a": 1}}


def test_past_moment_does_not_wait() -> None:
    assert outputs_of(WaitNode(until="2001-01-01T00:00:00Z")) == {"result": None}


def test_wait_over_five_seconds_parks() -> None:
    before = datetime.now(UTC)

    parked = run(WaitNode(seconds=60), Context({"input": 7}))

    assert isinstance(parked, Park)
    assert parked.outputs == {"result": 7}
    assert timedelta(seconds=59) < parked.until - before < timedelta(seconds=62)


def test_distant_moment_parks_until_then() -> None:
    parked = run(WaitNode(until="2999-01-01T00:00:00+01:00"), Context({}))

    assert isinstance(parked, Park)
    assert parked.until == datetime(2998, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"seconds": 1, "until": "2999-01-01T00:00:00Z"},
        {"seconds": -1},
        {"seconds": "soon"},
        {"seconds": 1e12},
        {"until": "2999-01-01T00:00:00"},
        {"until": "tomorrow"},
    ],
)
def test_bad_configuration_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        WaitNode(**config)


def test_a_moment_that_some_calendars_lack_is_refused() -> None:
    with pytest.raises(ParameterError, match="year"):
        WaitNode(until="9999-12-31T23:59:59-23:00")
