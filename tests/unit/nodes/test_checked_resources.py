from __future__ import annotations

import pytest

from runtime.nodes.checked_resources import checked_resources


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("acm.check_node_access(user=u, resource_id='a', permission=p)", [("node", "a")]),
        ("acm.check_node_access(u, 'a', p)\nacm.check_node_access(u, 'a', q)", [("node", "a")]),
        ("acm.check_workflow_access(u, 'w', p)", [("workflow", "w")]),
        ("acm.check_node_access(u, name, p)", []),
        ("check_node_access(u, 'a', p)", []),
        ("acm.check_permission(u, 'execute')", []),
        ("def (", []),
    ],
)
def test_resources_named_as_text_are_found(code: str, found: list[tuple[str, str]]) -> None:
    assert checked_resources(code) == found
