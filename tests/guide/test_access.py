"""The guide's three blocks about access, to the letter, where Django cannot be imported."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.guide.running import PROJECT, run

BLOCKS = Path(__file__).parent / "blocks"
DENIED = "❌ Access denied: No policy lets you execute nodes (node.execute)."
MASKED = {"ssn": "***-**-6789", "account_balance": "$1M-$10M"}


def run_blocks(folder: Path, *names: str, after: str = "") -> list[str]:
    """The lines that the blocks print one after the other, as a reader of the guide types them."""
    (folder / "django.py").write_text("raise AssertionError('Django was imported')")
    script = folder / "script.py"
    script.write_text("\n".join((BLOCKS / f"{name}.txt").read_text() for name in names) + after)

    ended = run(script, PYTHONPATH=f"{folder}:{PROJECT}")

    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.splitlines()


def test_attributes_alone_are_denied_where_no_policy_allows(tmp_path: Path) -> None:
    assert run_blocks(tmp_path, "access_abac") == [DENIED]


def test_roles_decide_as_the_guide_says(tmp_path: Path) -> None:
    shown = run_blocks(tmp_path, "access_abac", "access_rbac", after="\nprint(can_execute, can_delete)")

    assert shown == [DENIED, "True False"]


@pytest.mark.parametrize("blocks", [("access_abac",), ("access_abac", "access_rbac")])
def test_masking_prints_what_the_guide_says(tmp_path: Path, blocks: tuple[str, ...]) -> None:
    *_, shown = run_blocks(tmp_path, *blocks, "access_masking")

    assert ast.literal_eval(shown) == MASKED
