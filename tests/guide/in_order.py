"""Runs the Python blocks of a guide in order, in one namespace, unchanged.

    python -m runtime --workspace DIR tests/guide/in_order.py GUIDE.md [REPORT.json]

Says of each block what happened; the status is 1 when one raised, and 2 when there is none. The report
lists them: `{number, line, heading, output, error, seconds}`.
"""

from __future__ import annotations

import io
import json
import linecache
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from runtime.script.report import report
from runtime.script.source import Script
from tests.guide.markdown import Block, python_blocks


class _Tee(io.StringIO):
    """Keeps what is written, and shows it indented."""

    def __init__(self, shown: Any) -> None:
        super().__init__()
        self._shown = shown
        self._at_start = True

    def write(self, text: str) -> int:
        for line in text.splitlines(keepends=True):
            self._shown.write(f"   {line}" if self._at_start else line)
            self._at_start = line.endswith("\n")
        return super().write(text)


def main(guide: Path, told: Path | None) -> int:
    text = guide.read_text(encoding="utf-8")
    linecache.cache[str(guide)] = (len(text), None, text.splitlines(keepends=True), str(guide))
    blocks = python_blocks(text)
    if not blocks:
        print(f"{guide} has no Python blocks", file=sys.stderr)
        return 2
    namespace: dict[str, Any] = {"__name__": "__main__"}
    results = [_run(block, guide, namespace) for block in blocks]
    good = sum(result["error"] is None for result in results)
    print(f"\n{good} of {len(blocks)} blocks ran without an error")
    if told is not None:
        told.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0 if good == len(blocks) else 1


def _run(block: Block, guide: Path, namespace: dict[str, Any]) -> dict[str, Any]:
    print(f"\n{block.number:>2}  line {block.line}, {block.heading}", flush=True)
    output = _Tee(sys.stdout)
    began = time.perf_counter()
    error = None
    try:
        with redirect_stdout(output):
            exec(compile(block.in_place, str(guide), "exec", dont_inherit=True), namespace)  # noqa: S102
    except Exception as raised:
        error = _in_words(raised, block, guide)
    except SystemExit as left:
        error = f"the block left the program: SystemExit({left.code!r})" if left.code else None
    seconds = time.perf_counter() - began
    for line in (error or "").splitlines():
        print(f"   {line}")
    print(f"   {'FAILED' if error else 'ok'}, {seconds:.2f} s", flush=True)
    facts = {"number": block.number, "line": block.line, "heading": block.heading}
    return {**facts, "output": output.getvalue(), "error": error, "seconds": round(seconds, 3)}


def _in_words(error: Exception, block: Block, guide: Path) -> str:
    words = io.StringIO()
    with redirect_stderr(words):
        script = Script(str(guide), guide.resolve().parent, block.in_place)
        report(error, script, with_traceback=False)
    return words.getvalue().strip()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
