from __future__ import annotations

from pathlib import Path

import pytest

from runtime.script.source import NoScript, read_script


def test_a_script_is_read_as_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("print('é')\n", "utf-8")

    script = read_script(str(tmp_path / "a.py"))

    assert script.text == "print('é')\n"
    assert script.folder == tmp_path


def test_the_encoding_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("# coding: latin-1\nprint('é')\n".encode("latin-1"))

    assert "é" in read_script(str(tmp_path / "a.py")).text


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"# one\n# two\nx = '\xe9'\n", "not UTF-8 text: line 3 holds the byte 0xe9"),
        (b"x = '\xe9'\n", "not UTF-8 text: line 1 holds the byte 0xe9"),
        (b"# coding: klingon\n", "unknown encoding: klingon"),
        (b"\x7fELF\0\0", "not a Python script: it holds binary data"),
    ],
)
def test_what_is_not_text_is_told(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / "a.py").write_bytes(content)

    with pytest.raises(NoScript, match=complaint):
        read_script(str(tmp_path / "a.py"))


def test_a_missing_file_is_told_with_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "report.py").touch()

    with pytest.raises(NoScript, match=r"there is no file .*report; did you mean .*report\.py\?"):
        read_script(str(tmp_path / "report"))


def test_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoScript, match="is a folder"):
        read_script(str(tmp_path))
