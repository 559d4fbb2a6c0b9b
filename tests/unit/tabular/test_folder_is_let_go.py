"""Who stops reading a dataset in the middle lets its file go, also while a thread reads from it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from runtime.tabular import folder
from runtime.tabular.folder import FolderDatasets


def test_a_reader_that_is_cancelled_while_a_thread_reads_closes_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "orders.csv").write_text("id\n1\n")
    is_reading, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    def slow_rows(*_: Any, **__: Any) -> Generator[list[dict[str, Any]], None, None]:
        try:
            is_reading.set()
            go_on.wait(10)
            yield [{"id": 1}]
        finally:
            closed.set()

    monkeypatch.setattr(folder, "open_rows", slow_rows)

    async def read() -> None:
        async for _ in FolderDatasets(tmp_path).read("orders"):
            pass

    async def cancelled() -> None:
        reading = asyncio.create_task(read())
        await asyncio.to_thread(is_reading.wait, 10)
        reading.cancel()
        threading.Timer(0.2, go_on.set).start()  # later than a close that waits for nobody
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(cancelled())

    assert closed.is_set()
