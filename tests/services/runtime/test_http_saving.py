"""A run's step reads pages into a dataset of its workspace."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import Dataset
from runtime.queries.datasets import rows_of
from tests.contract import Api
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status


class Pages(BaseHTTPRequestHandler):
    """Three pages of two; the third is refused once."""

    refusals = 1

    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        refused = page == 3 and Pages.refusals > 0
        Pages.refusals -= refused
        body = json.dumps([{"n": 2 * page - 1}, {"n": 2 * page}] if page < 4 else []).encode()
        self.send_response(429 if refused else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def pages(settings: Any) -> Iterator[str]:
    Pages.refusals = 1
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        settings.EGRESS_ALLOW = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/items"
        server.shutdown()
        thread.join()


def test_pages_of_a_run_go_into_a_dataset(
    user: User, pages: str, make_run: RunMaker, make_host: HostMaker
) -> None:
    config = {
        "url": pages,
        "pagination": {"kind": "page"},
        "save_to": {"dataset": "items", "format": "csv"},
        "response_mapping": {"rows": "dataset.rows"},
    }
    run = make_run(("call", "HTTPRequestNode", config))

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    result = Api(user).get(f"runs/{run.pk}/nodes/call/").json()["outputs"]["result"]
    dataset = Dataset.objects.get(tenant=user.tenant, name="items")
    assert (result["pages"], result["records"], result["complete"]) == (4, 6, True)
    assert result["data"] == {"rows": 6}
    assert [row["n"] for row in rows_of(dataset, offset=0, limit=10)] == [1, 2, 3, 4, 5, 6]
