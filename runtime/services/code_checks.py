"""Judges author code in the web process: parsed in a sandbox, because a parser too can be attacked."""

from __future__ import annotations

import atexit
from concurrent.futures import Future
from functools import cache, lru_cache
from threading import Thread

from django.conf import settings

from runtime.engine.errors import NodeError
from runtime.engine.node import CodeChecker
from runtime.sandbox import Sandbox, SandboxPolicy, SandboxReport, SandboxSettings
from runtime.sandbox.analysis import CodeProblem, CodeReport
from runtime.sandbox.settings import state_of

_KEPT_REPORTS = 1024


def check_code(code: str) -> CodeReport:
    """Problems and inputs of a piece of code. Without a working sandbox the report says so, as an error."""
    try:
        return _checked(code)
    except NodeError as error:
        return CodeReport([CodeProblem(1, 1, f"The code cannot be checked: {error.message}")], [])


def code_checker() -> CodeChecker:
    """What `validate` asks about code."""
    return check_code


def sandbox_state() -> str:
    """`isolated`, `trusted-authors`, `starting`, or why code nodes are refused. Never waits."""
    report = _report()
    if not report.done():
        return "starting"
    return state_of(report.result())


@cache
def _report() -> Future[SandboxReport]:
    """Starts the sandbox beside the caller, so that the first code check finds it warm."""
    report: Future[SandboxReport] = Future()
    Thread(target=lambda: report.set_result(_sandbox().report()), name="sandbox-start", daemon=True).start()
    return report


@lru_cache(maxsize=_KEPT_REPORTS)
def _checked(code: str) -> CodeReport:
    return _sandbox().check_code(code)


@cache
def _sandbox() -> Sandbox:
    """One for the process, started with the first piece of code; it runs none, it only parses."""
    policy = SandboxPolicy(settings.SANDBOX_POLICY)
    sandbox = Sandbox(SandboxSettings(policy=policy, max_workers=2, max_processes=4))
    atexit.register(sandbox.close)
    return sandbox
