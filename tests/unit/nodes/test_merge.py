from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.config_problems import check_config
from runtime.engine.errors import InputError, NodeError, ParameterError
from runtime.nodes.merge import MergeNode
from tests.unit.nodes.surroundings import outputs_of


def merged(config: dict[str, Any], *values: Any) -> Any:
    return outputs_of(MergeNode(**config), inputs=list(values))["result"]


def test_append_puts_lists_one_after_another() -> None:
    assert merged({}, [1, 2], 3, None, [], [{"a": 4}]) == [1, 2, 3, {"a": 4}]


def test_combine_joins_records_of_the_same_key() -> None:
    left = [{"id": 1, "a": "x"}, {"id": 2, "a": "y"}]
    right = [{"id": 2, "b": True}, {"id": 3, "b": False}]

    assert merged({"mode": "combine", "key": ["id"]}, left, right) == [
        {"id": 1, "a": "x"},
        {"id": 2, "a": "y", "b": True},
        {"id": 3, "b": False},
    ]


def test_combine_leaves_its_inputs_as_they_were() -> None:
    left = [{"id": 1}]

    merged({"mode": "combine", "key": ["id"]}, left, [{"id": 1, "b": 2}])

    assert left == [{"id": 1}]


def test_first_takes_the_first_live_branch() -> None:
    assert merged({"mode": "first"}, {"b": 1}, {"c": 2}) == {"b": 1}
    assert merged({"mode": "first"}) is None


def test_object_merges_keys_and_the_last_wins() -> None:
    assert merged({"mode": "object"}, {"a": 1, "b": 1}, None, {"b": 2}) == {"a": 1, "b": 2}


def test_value_of_the_wrong_kind_fails_the_node() -> None:
    with pytest.raises(InputError, match="Input 2"):
        merged({"mode": "object"}, {"a": 1}, [1])
    with pytest.raises(NodeError, match="no column 'id'"):
        merged({"mode": "combine", "key": ["id"]}, [{"x": 1}])


@pytest.mark.parametrize("config", [{"mode": "zip"}, {"mode": "combine"}, {"key": ["id"]}])
def test_bad_configuration_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        MergeNode(**config)


@pytest.mark.parametrize("config", [{"mode": "combine"}, {"mode": "first", "key": ["id"]}])
def test_problem_of_the_key_is_at_its_field(config: dict[str, Any]) -> None:
    assert [item.field for item in check_config(MergeNode, config)] == ["config.key"]


def test_lists_that_are_too_long_together_are_refused() -> None:
    with pytest.raises(NodeError) as caught:
        merged({}, *[[1] * 100_000] * 30)

    assert caught.value.code == "too_many_records"
