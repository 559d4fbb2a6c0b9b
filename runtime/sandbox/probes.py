"""Live attempts that `manage.py sandbox_check` makes on this machine, through the whole sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runtime.engine.errors import NodeError
from runtime.sandbox.client import Sandbox
from runtime.services_protocol import CodeRequest

_ATTEMPT: Final = """
import os, socket, sys
def attempt():
    {body}
try:
    got = attempt()
except (OSError, ImportError, RuntimeError, MemoryError) as error:
    result = ["refused", type(error).__name__]
else:
    result = ["escaped", str(got)[:80]] if got else ["refused", "nothing there"]
"""
_ATTEMPTS: Final = {
    "read a system file": "return open('/etc/passwd').read(20)",
    "list the root folder": "return os.listdir('/')",
    "write a file": "return open('/tmp/lockgate-probe', 'w').write('x')",
    "read the process table": "return os.listdir('/proc')",
    "see the environment": "return dict(os.environ)",
    "open a network socket": "return socket.socket()",
    "resolve a host name": "return socket.getaddrinfo('localhost', 80)",
    "start a process": "return os.fork() or os._exit(0)",
    "start a thread": "import threading; t = threading.Thread(target=print); t.start(); return t",
    "run a shell": "return os.popen('id').read()",
    "signal another process": "os.kill(-1, 0); return 'signalled'",
    "make executable memory": "import mmap; return mmap.mmap(-1, 4096, prot=7)",
}
_ENDINGS: Final = {
    "trace a process": (
        "import ctypes\nctypes.CDLL(None).ptrace(0, 0, 0, 0)\nresult = ['escaped', 'ptrace']",
        "code_error",
    ),
    "fill the memory": ("x = 'x' * (1 << 33)\nresult = ['escaped', len(x)]", "memory"),
    "never end": ("while True: pass", "timeout"),
    "forge a result": ("import os\nos.write(0, b'\\xff' * 64)\nresult = ['escaped', 'forged']", "code_error"),
}


@dataclass(frozen=True, slots=True)
class ProbeResult:
    name: str
    is_refused: bool
    detail: str


def run_probes(sandbox: Sandbox) -> list[ProbeResult]:
    """Every probe, in order, and one honest call at the end. Raises nothing."""
    results = [_attempt(sandbox, name, body) for name, body in _ATTEMPTS.items()]
    results += [_ending(sandbox, name, code, expected) for name, (code, expected) in _ENDINGS.items()]
    return results


def serves_honest_code(sandbox: Sandbox) -> bool:
    return _run(sandbox, "result = ['sum', sum(numbers)]", numbers=[1, 2, 3]) == ["sum", 6]


def _attempt(sandbox: Sandbox, name: str, body: str) -> ProbeResult:
    outcome = _run(sandbox, _ATTEMPT.format(body=body))
    if isinstance(outcome, NodeError):
        refused = outcome.code == "code_error" and outcome.facts.get("error_type") == "Forbidden"
        return ProbeResult(name, refused, outcome.message)
    return ProbeResult(name, _is_refusal(outcome), _detail(outcome))


def _ending(sandbox: Sandbox, name: str, code: str, expected: str) -> ProbeResult:
    outcome = _run(sandbox, code)
    if isinstance(outcome, NodeError):
        return ProbeResult(name, outcome.code == expected, outcome.message)
    return ProbeResult(name, False, _detail(outcome))


def _is_refusal(outcome: object) -> bool:
    return isinstance(outcome, list) and outcome[:1] == ["refused"]


def _detail(outcome: object) -> str:
    return str(outcome[1]) if isinstance(outcome, list) and len(outcome) > 1 else str(outcome)


def _run(sandbox: Sandbox, code: str, **inputs: object) -> object:
    request = CodeRequest("sandbox-check", "probe", code, inputs, timeout_s=1.0, memory_mb=128)
    try:
        return sandbox.run_code_blocking(request, lambda level, text: None)
    except NodeError as error:
        return error
