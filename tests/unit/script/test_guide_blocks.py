"""Finding the Python blocks of a guide."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.guide.markdown import python_blocks
from tests.guide.running import PROJECT, run

GUIDE = """\
# A guide

## First
```python
x = 1
```

Not this:
```bash
exit 1
```

## Second
~~~python
print(x)
~~~
````python
text = '''
```
'''
````
"""


def test_blocks_are_found_with_their_place() -> None:
    blocks = python_blocks(GUIDE)

    assert [(block.number, block.line, block.heading) for block in blocks] == [
        (1, 5, "First"),
        (2, 15, "Second"),
        (3, 18, "Second"),
    ]
    assert blocks[2].text == "text = '''\n```\n'''\n"
    assert blocks[1].in_place.splitlines()[14] == "print(x)"


def test_a_block_that_is_not_closed_goes_to_the_end() -> None:
    assert [block.text for block in python_blocks("```python\nx = 1\ny = 2")] == ["x = 1\ny = 2\n"]


def follow(tmp_path: Path, guide: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "guide.md"
    file.write_text(guide)
    return run("--workspace", tmp_path, PROJECT / "tests" / "guide" / "in_order.py", file)


def test_blocks_run_in_order_in_one_namespace(tmp_path: Path) -> None:
    ended = follow(tmp_path, GUIDE)

    assert ended.returncode == 0, ended.stderr
    assert "\n   1\n   ok" in ended.stdout
    assert ended.stdout.endswith("3 of 3 blocks ran without an error\n")


def test_a_block_that_raises_is_told_with_its_line_and_the_others_still_run(tmp_path: Path) -> None:
    ended = follow(tmp_path, "```python\nx = 1\nraise ValueError('no')\n```\n```python\nprint(x)\n```\n")

    assert ended.returncode == 1
    assert 'guide.md", line 3' in ended.stdout
    assert "ValueError: no" in ended.stdout
    assert ended.stdout.endswith("1 of 2 blocks ran without an error\n")


def test_a_guide_without_blocks_is_told(tmp_path: Path) -> None:
    ended = follow(tmp_path, "# Nothing")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "has no Python blocks" in ended.stderr
