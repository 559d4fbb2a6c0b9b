"""Every fault point of the product is one at which this suite kills: a new one asks for a test."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PRODUCT = HERE.parents[1] / "runtime"


def test_every_point_that_the_product_names_is_killed_at() -> None:
    named = {
        point
        for path in PRODUCT.rglob("*.py")
        for line in re.findall(r"\breach\((.*)\)", path.read_text("utf-8"))
        for point in re.findall(r'"([a-z_]+\.[a-z]+)"', line)
    }
    tests = "\n".join(path.read_text("utf-8") for path in HERE.glob("test_*.py"))
    known = {point for point in named if point in tests or f"{point.split('.')[0]}.{{when}}" in tests}

    assert named - known == set()
    assert len(named) > 20
