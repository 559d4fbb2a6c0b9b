"""What templates run on until they get data of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.templates.steps import End, Steps
from runtime.templates.template import DemoDataset

ORDERS = DemoDataset("sample-orders", "240 made-up orders of a furniture shop, five of them wrong")
CUSTOMERS = DemoDataset("sample-customers", "120 made-up customers with personal data, eight of them wrong")
REGIONS = DemoDataset("sample-regions", "4 regions with their VAT and warehouse")
EXPENSES = DemoDataset("sample-expenses", "24 made-up expenses")
TICKETS = DemoDataset("sample-tickets", "12 made-up messages to a support team")

EXAMPLE_URL = "https://api.example.com/orders"
_ROWS = (
    ("W00001", "C0012", "north", "lamp", 2, 39.0),
    ("W00002", "C0045", "east", "desk", 1, 240.0),
    ("W00003", "C0101", "south", "rug", 3, 64.9),
    ("W00004", "C0007", "west", "chair", 4, 129.5),
    ("W00005", "C0088", "north", "shelf", None, 89.0),
    ("W00006", "C0031", "east", "lamp", 1, 39.0),
)
_COLUMNS = ("order_id", "customer_id", "region", "product", "quantity", "unit_price")
SAMPLE_QUERY = "SELECT order_id, customer_id, region, product, quantity, unit_price FROM orders"
_SOLD = (
    ("S00001", "C0003", "south", "desk", 1, 240.0),
    ("S00002", "C0064", "east", "chair", 6, 129.5),
    ("S00003", "C0019", "west", "lamp", 2, 39.0),
    ("S00004", "", "north", "shelf", 1, 89.0),
    ("S00005", "C0110", "north", "rug", 1, 64.9),
)
SAMPLE_API: Mapping[str, Any] = {
    "items": [
        {**dict(zip(_COLUMNS, row, strict=True)), "placed_at": "2025-03-31T12:00:00", "channel": "api"}
        for row in _ROWS
    ],
    "next": None,
}


def sampled_call(
    steps: Steps, name: str, url: str | None, *, label: str, retries: int, sample: Any, records: str
) -> End:
    """A call of a web service with retries; without a `url` its output is pinned to a sample answer.

    Nothing is sent while the pin is there, which the editor and the run show, and which cannot be published.
    """
    body = sample if records else sample["items"]
    answer = {"status": 200, "headers": {}, "body": body, "url": EXAMPLE_URL, "elapsed_ms": 0}
    retry = {
        "max_retries": retries,
        "backoff_strategy": "exponential",
        "initial_delay": 1.0,
        "max_delay": 30.0,
        "retry_on_status": [429, 500, 502, 503, 504],
        "retry_on": ["http_error", "timeout"],
    }
    notes = "Tried again when the service is busy or down. "
    if url is None:
        notes += "Pinned to a sample answer: enter the address of your service, then take the pin off."
    options: dict[str, Any] = {} if url else {"options": {"pin": {"result": answer}}}
    return steps.add(
        "HTTPRequestNode",
        name,
        {"url": url or EXAMPLE_URL, "response_format": "json", "retry_config": retry},
        label=label,
        notes=notes,
        **options,
    )


def sampled_query(steps: Steps, name: str, query: str, *, credential: str | None, file: str | None) -> End:
    """A query; where neither a server nor a file is named its output is pinned to sample rows."""
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in _SOLD]
    summary = {"rows": len(rows), "columns": list(_COLUMNS), "complete": True, "affected": 0, "elapsed_ms": 0}
    place = {"database": "sqlite", "file": file or "shop"}
    if credential is not None:
        place = {"database": "postgresql", "credential": credential}
    is_sample = credential is None and file is None
    pin = {"result": rows, "summary": summary}
    options: dict[str, Any] = {"options": {"pin": pin}} if is_sample else {}
    return steps.add(
        "SQLQueryNode",
        name,
        {**place, "query": query},
        label="Database",
        notes="Pinned to sample rows: choose your database, then take the pin off." if is_sample else "",
        **options,
    )
