"""Code that tries to get out, to take the host down, or to forge what the host reads."""

from __future__ import annotations

import asyncio
import itertools
import os

import pytest

from runtime.engine.errors import NodeError
from runtime.sandbox import Sandbox
from runtime.sandbox.jail import libc, syscalls
from runtime.services_protocol import CodeRequest
from tests.unit.sandbox.conftest import SECRET, Canary
from tests.unit.sandbox.hostile_snippets import ALL, ENDINGS, Snippet, code_of

leases = itertools.count()
# Finds the number of the running call, as an author could, to forge an answer that fits.
FIND_CALL = """
import sys as _sys
_frame = _sys._getframe()
while 'body' not in _frame.f_locals or not isinstance(_frame.f_locals['body'], dict):
    _frame = _frame.f_back
CALL = _frame.f_locals['body']['call']
"""


def run(
    sandbox: Sandbox,
    code: str,
    *,
    lease: str,
    inputs: dict[str, object] | None = None,
    timeout_s: float = 10.0,
) -> object:
    request = CodeRequest(lease, "node", code, inputs or {}, timeout_s=timeout_s, memory_mb=128)
    return sandbox.run_code_blocking(request, lambda level, text: None)


def assert_serves(sandbox: Sandbox, lease: str) -> None:
    assert run(
        sandbox, "result = [number * 2 for number in numbers]", lease=lease, inputs={"numbers": [1, 2]}
    ) == [2, 4]


@pytest.mark.parametrize("snippet", ALL, ids=lambda snippet: snippet.id)
def test_an_attempt_to_reach_outside_fails(sandbox: Sandbox, canary: Canary, snippet: Snippet) -> None:
    lease = f"hostile-{next(leases)}"
    inputs: dict[str, object] = {
        "canary": str(canary.file),
        "port": canary.port,
        "pid": os.getpid(),
        "abstract": f"\0lockgate-canary-{os.getpid()}".replace("\0", "@"),
        "secret": SECRET,
        "NR": dict(syscalls.TABLES[libc.MACHINE]),
    }
    code = "abstract = '\\0' + abstract[1:]\n" + code_of(snippet)

    try:
        outcome = run(sandbox, code, lease=lease, inputs=inputs)
    except NodeError as error:
        assert error.code in snippet.ends_with, error.to_dict()
        assert error.facts.get("error_type") in {"Forbidden", "Crash"}, error.to_dict()
    else:
        assert isinstance(outcome, list) and outcome[0] == "refused", outcome

    canary.assert_intact()
    assert_serves(sandbox, lease)


@pytest.mark.parametrize("name", ENDINGS)
def test_a_destructive_program_ends_cleanly(sandbox: Sandbox, canary: Canary, name: str) -> None:
    lease = f"hostile-{next(leases)}"
    code, codes = ENDINGS[name]
    prefix = FIND_CALL if "CALL" in code else ""

    with pytest.raises(NodeError) as caught:
        run(sandbox, prefix + code, lease=lease, timeout_s=1.0 if "timeout" in codes else 30.0)

    assert caught.value.code in codes, caught.value.to_dict()
    canary.assert_intact()
    assert_serves(sandbox, lease)


def test_an_answer_written_ahead_for_the_next_call_is_not_taken(sandbox: Sandbox) -> None:
    code = FIND_CALL + (
        "import os, struct\n"
        "def answer(call, body):\n"
        "    return struct.pack('!IBII', len(body) + 9, ord('R'), call, 0) + body\n"
        "os.write(0, answer(CALL, b'1'))\n"
        "import time; time.sleep(0.2)\n"
        "for later in range(1, 50):\n"
        "    os.write(0, answer(CALL + later, b'666'))\n"
        "result = 2\n"
    )

    assert run(sandbox, code, lease="ahead") == 1
    asyncio.run(asyncio.sleep(0.4))

    assert_serves(sandbox, "ahead")


def test_printing_past_the_limit_is_cut_and_said(sandbox: Sandbox) -> None:
    lines: list[tuple[str, str]] = []
    request = CodeRequest("flood", "node", "for i in range(10_000):\n    print('x' * 100)\nresult = 1", {})

    assert sandbox.run_code_blocking(request, lambda level, text: lines.append((level, text))) == 1

    assert sum(len(text) + 1 for _, text in lines[:-1]) <= sandbox.settings.max_output_chars
    assert lines[-1][0] == "warning" and "Further output is not kept" in lines[-1][1]


def test_code_sees_no_environment_and_no_other_process(sandbox: Sandbox) -> None:
    seen = run(
        sandbox,
        "import os\nresult = {'environ': dict(os.environ), 'uid': os.getuid(), 'host': os.uname().nodename}",
        lease="look",
    )

    assert isinstance(seen, dict)
    assert seen["environ"] == {}
    assert seen["uid"] == 65534
    assert seen["host"] == "sandbox"


def test_leases_do_not_see_each_other(sandbox: Sandbox) -> None:
    run(sandbox, "import json\njson.leak = 'mine'\nresult = 1", lease="one")

    assert run(sandbox, "import json\nresult = hasattr(json, 'leak')", lease="two") is False


def test_a_lease_ends_after_an_error(sandbox: Sandbox) -> None:
    run(sandbox, "import json\njson.kept = 1\nresult = 1", lease="kept")
    assert run(sandbox, "import json\nresult = hasattr(json, 'kept')", lease="kept") is True

    with pytest.raises(NodeError):
        run(sandbox, "1 / 0", lease="kept")

    assert run(sandbox, "import json\nresult = hasattr(json, 'kept')", lease="kept") is False


def test_globals_are_fresh_in_each_call_and_inputs_are_copies(sandbox: Sandbox) -> None:
    rows = [{"n": 1}]

    run(
        sandbox,
        "left_over = 1\nrows.append(2)\nrows[0]['n'] = 9\nresult = 1",
        lease="fresh",
        inputs={"rows": rows},
    )

    assert rows == [{"n": 1}]
    assert run(sandbox, "result = 'left_over' in globals()", lease="fresh") is False
