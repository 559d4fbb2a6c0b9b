"""Writes `docs/runtime-parameters.md` from the table that the checks use.

Run it after a change of `runtime/engine/parameters.py`: `python docs/write_runtime_parameters.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from runtime.engine.caps import CAPPABLE
from runtime.engine.parameters import PARAMETERS, Parameter

PAGE = PROJECT / "docs" / "runtime-parameters.md"
INTRODUCTION = f"""\
# Runtime parameters

There are {len(PARAMETERS)}. `LocalRuntime`, `AsyncLocalRuntime` and every runtime that extends
`BaseRuntime` take all of them as keywords; the server honours the same ones.

```python
from runtime import LocalRuntime

runtime = LocalRuntime(max_workers=8, timeout=600.0, retry_on_failure=True, max_retries=3)
```

An unknown parameter is a `TypeError`, an invalid value a `ParameterError`; both name the parameter. Nothing
is accepted and ignored.

**Which value holds.** A node's own option (`timeout`, `retry`) wins over the run, the run (in a script: the
runtime) over the workflow's settings, and those over the default.

**On the server** a parameter is set in the workflow's settings or with a run. The operator may set limits
in the environment variable `RUNTIME_LIMITS`, a JSON object of parameters and limits: a workflow, a run and
a node's options may only be tighter, anything past a limit is a problem (`over_limit`) that names both
values, and defaults are drawn in. The last column says which way is tighter; where it is empty there is no
limit to set. What is set by the *operator* a workflow and a run cannot set at all.
"""
HEAD = """\
| parameter | what it does | unit | default | allowed | set on the server by | tighter is |
|---|---|---|---|---|---|---|
"""
BOUNDS = {
    "lower": "lower",
    "higher": "higher",
    "false": "false",
    "true": "true",
    "later": "later in the list",
}


def text() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    for group in dict.fromkeys(item.group for item in PARAMETERS.values()):
        parts.append(f"\n## {group}\n\n{HEAD}")
        parts += [_row(item) for item in PARAMETERS.values() if item.group == group]
    return "".join(parts)


def _row(parameter: Parameter) -> str:
    tighter = "" if parameter.name not in CAPPABLE else BOUNDS[parameter.tighter or "lower"]
    cells = (
        f"`{parameter.name}`",
        parameter.description,
        parameter.unit or "",
        _code(parameter.default),
        parameter.allowed,
        "operator" if parameter.settable == "operator" else "workflow, run",
        tighter,
    )
    return f"| {' | '.join(cells)} |\n"


def _code(value: Any) -> str:
    shown = "null" if value is None else str(value).lower() if isinstance(value, bool) else value
    return f"`{shown}`"


def main() -> None:
    PAGE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
