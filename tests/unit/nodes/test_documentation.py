from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runtime.nodes import BUILT_IN
from runtime.nodes.transform import TransformNode

GUIDE = (Path(__file__).parents[3] / "docs" / "nodes.md").read_text("utf-8")


@pytest.mark.parametrize("node_class", BUILT_IN, ids=lambda node_class: node_class.type)
def test_guide_names_every_setting_input_and_output(node_class: Any) -> None:
    names = [node_class.type, *node_class.Parameters.model_fields]
    names += [port.name for port in (*node_class.inputs, *node_class.outputs)]

    assert [name for name in names if f"`{name}`" not in GUIDE] == []


def test_guide_names_every_operation_with_its_settings() -> None:
    schema = TransformNode.Parameters.model_json_schema()

    for operation in schema["properties"]["operations"]["items"]["oneOf"]:
        name = operation["properties"]["op"]["const"]
        row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `{name}` |"))
        missing = [key for key in operation["properties"] if key != "op" and f"`{key}`" not in row]
        assert missing == [], name


def test_node_runs_alone_in_a_script() -> None:
    node = TransformNode(operations=[{"op": "limit", "count": 1}])

    assert node.execute(input=[{"a": 1}, {"a": 2}]) == {"result": [{"a": 1}]}
