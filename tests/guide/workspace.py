"""A workspace in which the guide's blocks find what they name: datasets, policies and a credential."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from runtime.templates import BusinessWorkflowTemplates
from tests.guide.running import PROJECT

RECORDS = 105_108  # twelve times the hours of a year
TEMPERATURES = PROJECT / "examples" / "data" / "seattle-temps.csv"
AIRPORTS = PROJECT / "examples" / "data" / "airports.csv"
CUSTOMERS = PROJECT / "runtime" / "templates" / "data" / "sample-customers.csv"
POLICIES: dict[str, Any] = {
    "policies": [
        {
            "key": "enterprise-data-needs-clearance",
            "effect": "allow",
            "resource_type": "node",
            "resources": ["enterprise_data"],
            "actions": ["node.execute"],
            "condition": {
                "attribute_path": "user.clearance",
                "operator": "security_level_meets",
                "value": "confidential",
            },
        }
    ]
}


def make_workspace(folder: Path, *, records: int = RECORDS) -> Path:
    """Real data, repeated until there is enough of it, each record with a key of its own."""
    datasets = folder / "datasets"
    datasets.mkdir(parents=True, exist_ok=True)
    _write(datasets / "production_dataset.csv", _repeated(TEMPERATURES, records))
    _write(datasets / "large_customer_dataset.csv", _repeated(CUSTOMERS, records))
    _write(datasets / "api_data.csv", _repeated(AIRPORTS, 3376))
    BusinessWorkflowTemplates.write_demo_data(folder)
    (folder / "policies.json").write_text(json.dumps(POLICIES, indent=2), "utf-8")
    return folder


def _repeated(source: Path, records: int) -> Iterator[dict[str, Any]]:
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(islice(cycle(rows), records), start=1):
        yield {"key": number, **row}


def _write(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)
