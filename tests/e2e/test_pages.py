"""The pages around the editor: datasets, API tokens, the list of runs."""

from __future__ import annotations

import json
import re
import secrets
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.api import Api, code
from tests.e2e.complaints import Complaints
from tests.product import Product


def test_upload_look_at_and_delete_a_dataset(owner: Page, tmp_path: Path, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    stations = tmp_path / "stations.csv"
    rows = "".join(f"station {n},{n % 90}.5,{str(n % 2 == 0).lower()}\n" for n in range(200_000))
    stations.write_text(f"name,latitude,open\n{rows}", encoding="utf-8")
    page.goto("/datasets")
    page.context.new_cdp_session(page).send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 4_000_000},
    )

    page.get_by_label("Files to upload").set_input_files(stations)

    expect(page.get_by_role("progressbar", name="Upload of stations.csv")).to_be_visible()
    page.get_by_role("link", name="stations").click()
    detail = page.get_by_role("complementary", name="Dataset")
    expect(detail).to_contain_text("200,000 rows")
    expect(detail.get_by_label("Rows of stations")).to_contain_text("station 7")
    detail.get_by_role("tab", name="Columns").click()
    columns = detail.get_by_role("table", name="Columns").get_by_role("row")
    expect(columns).to_have_text(["ColumnType", "nametext", "latitudenumber", "openboolean"])

    detail.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()

    expect(page.get_by_text("“stations” is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="stations")).to_have_count(0)


def test_make_use_and_revoke_a_token(owner: Page, product: Product) -> None:
    owner.goto("/account")
    owner.get_by_role("button", name="New token").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("Name").fill("nightly export")
    dialog.get_by_role("group", name="Workflows").get_by_label("view").check()
    dialog.get_by_role("button", name="Create token").click()

    shown = owner.get_by_role("status").filter(has_text="Copy “nightly export” now")
    secret = shown.locator("code").text_content() or ""
    assert workflows_by(product, secret)
    with pytest.raises(urllib.error.HTTPError, match="403"):
        product.api("POST", "workflows/", token=secret, body={"name": "not in its rights"})

    owner.reload()
    row = owner.get_by_role("table", name="API tokens").get_by_role("row").filter(has_text="nightly export")
    expect(row).to_contain_text(secret[:8])
    expect(owner.get_by_text(secret)).to_have_count(0)

    row.get_by_role("button", name="Revoke").click()
    owner.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(row).to_have_count(0)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        workflows_by(product, secret)


def workflows_by(product: Product, secret: str) -> list[str]:
    request = urllib.request.Request(
        f"{product.url}/api/v1/workflows/", headers={"Authorization": f"Bearer {secret}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return [item["name"] for item in json.load(answer)["results"]]


def test_filter_the_runs_and_see_new_ones_come(owner: Page, api: Api) -> None:
    name = f"Breaks {secrets.token_hex(3)}"
    broken = api.new_workflow(name, [code("work", "raise ValueError('no luck')\nresult = 1")])
    api.run(broken)
    owner.goto("/runs")
    table = owner.get_by_role("table", name="Runs")
    expect(table).to_contain_text("no luck")

    owner.get_by_role("search").get_by_role("button", name="State").click()
    owner.get_by_role("menuitem", name="Failed").click()
    owner.get_by_role("searchbox", name="Workflow or run number").fill(name)

    expect(owner).to_have_url(re.compile(r"\?status=failed&search=Breaks"))
    expect(table.get_by_role("row")).to_have_count(2)
    owner.reload()
    expect(table.get_by_role("row")).to_have_count(2)

    api.run(broken)

    owner.get_by_role("button", name="1 new run").click()
    expect(table.get_by_role("row")).to_have_count(3)
    owner.get_by_role("button", name="Clear the filter State").click()
    expect(owner).to_have_url(re.compile(r"/runs\?search=Breaks"))
    table.get_by_role("link").first.click()
    expect(owner.get_by_role("complementary", name="Node")).to_contain_text("no luck")
