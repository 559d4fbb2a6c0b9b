from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.engine.errors import NodeError
from runtime.keyed_lines import KeyedLines


def test_a_key_is_kept_once_also_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "state" / "lineage.jsonl"
    first, second = KeyedLines(path), KeyedLines(path)

    assert first.add({"key": "a", "n": 1}) == ({"key": "a", "n": 1}, True)
    assert second.add({"key": "a", "n": 2}) == ({"key": "a", "n": 1}, False)
    assert second.add({"key": "b", "n": 3})[1]
    assert first.add({"key": "b", "n": 4}) == ({"key": "b", "n": 3}, False)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    files = [KeyedLines(tmp_path / "lineage.jsonl") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: files[n % 4].add({"key": str(n // 2)}), range(40)))

    lines = (tmp_path / "lineage.jsonl").read_text("utf-8").splitlines()
    assert sorted(json.loads(line)["key"] for line in lines) == sorted(str(n) for n in range(20))


def test_a_line_that_a_crash_tore_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "lineage.jsonl"
    path.write_text('{"key": "a"}\n{"key": "b', "utf-8")

    assert not KeyedLines(path).add({"key": "a"})[1]
    assert KeyedLines(path).add({"key": "c"})[1]
    assert path.read_text("utf-8") == '{"key": "a"}\n{"key": "c"}\n'


def test_damage_elsewhere_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "lineage.jsonl"
    path.write_text('{"key": "a"}\nnonsense\n{"key": "b"}\n', "utf-8")

    with pytest.raises(NodeError, match="line 2 is no record") as caught:
        KeyedLines(path).add({"key": "c"})

    assert caught.value.code == "state_unusable"
    assert "nonsense\n" in path.read_text("utf-8")
