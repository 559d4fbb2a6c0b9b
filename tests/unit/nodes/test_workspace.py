from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from runtime.engine.errors import NodeError
from runtime.services_protocol import CodeRequest
from runtime.workspace import ScriptServices


def test_datasets_are_those_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "a.json").write_text("[1, 2]", "utf-8")

    assert asyncio.run(ScriptServices(tmp_path).datasets.info("a")).rows == 2


def test_without_a_folder_a_dataset_is_missing_with_the_way_out() -> None:
    services = ScriptServices()

    with pytest.raises(NodeError, match="--workspace DIR"):
        asyncio.run(services.datasets.info("a"))


def test_http_follows_the_operator_s_list_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGRESS_ALLOW", "not a list:x")

    with pytest.raises(ValueError, match="EGRESS_ALLOW"):
        _ = ScriptServices().http


def test_closing_without_use_starts_nothing() -> None:
    services = ScriptServices()

    services.close()
    asyncio.run(services.aclose_http())


def test_code_may_import_what_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_PACKAGES", "numpy")
    services = ScriptServices()
    request = CodeRequest("lease", "node", "import numpy\nresult = numpy.arange(3).tolist()", {})

    try:
        assert asyncio.run(services.code.run_code(request, lambda level, text: None)) == [0, 1, 2]
    finally:
        services.close()
