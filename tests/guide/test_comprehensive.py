"""The guide's comprehensive example, to the letter: allowed, denied, and what it gives."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.guide.running import run
from tests.guide.workspace import make_workspace
from tests.once import once

BLOCK = (Path(__file__).parent / "blocks" / "comprehensive.txt").read_text()
RECORDS = 4_321
TELL = "\nimport json\nprint(json.dumps(results))\n"


def execute(folder: Path, *, allowed: bool) -> dict[str, Any]:
    """What the example printed, and its results."""
    workspace = make_workspace(folder / "workspace", records=RECORDS)
    if not allowed:
        (workspace / "policies.json").unlink()
    script = folder / "example.py"
    script.write_text(BLOCK + TELL)
    ended = run("--workspace", workspace, script)
    assert ended.returncode == 0, ended.stderr
    *printed, results = ended.stdout.splitlines()
    return {"printed": printed, "results": json.loads(results)}


@pytest.fixture(scope="module")
def allowed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("allowed")
    found: dict[str, Any] = once(
        tmp_path_factory, "guide-comprehensive", lambda: execute(folder, allowed=True)
    )
    return found


def test_it_prints_real_numbers(allowed: dict[str, Any]) -> None:
    headline, batches, records, time = allowed["printed"]

    assert headline == "Enterprise workflow completed:"
    assert batches == "- Processed batches: 5"
    assert records == f"- Total records: {RECORDS}"
    assert re.fullmatch(r"- Processing time: \d+\.\d\ds", time)


def test_every_documented_result_is_there(allowed: dict[str, Any]) -> None:
    results = allowed["results"]

    assert results["access_check"]["result"] == {"allowed": True, "reason": None}
    assert {"batch_count", "total_records", "total_duration"} <= results["batch_processor"]["result"].keys()
    assert results["lineage_tracker"]["result"]["tracking_id"]
    assert results["credential_rotation"]["result"]["rotation_status"] == "failed"
    summary = results["aggregate_results"]["result"]["summary"]
    assert summary["lineage_tracked"] is True
    assert summary["credentials_rotated"] is False
    assert summary["processing_time"] > 0


def test_denied_it_skips_what_depends_on_it_and_prints_zeros(tmp_path: Path) -> None:
    told = execute(tmp_path, allowed=False)

    assert told["printed"][1:] == [
        "- Processed batches: 0",
        "- Total records: 0",
        "- Processing time: 0.00s",
    ]
    check = told["results"]["access_check"]["result"]
    assert check["allowed"] is False
    assert "policy" in check["reason"]
    assert not {"batch_processor", "lineage_tracker"} & told["results"].keys()
