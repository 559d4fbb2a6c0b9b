"""Without a locked-in process no code runs, unless the operator trusts the authors."""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.errors import NodeError
from runtime.sandbox import Sandbox, SandboxPolicy, SandboxReport, SandboxSettings
from runtime.sandbox.inline import InlineCodeRunner
from runtime.services_protocol import CodeRequest

HONEST = CodeRequest("policy", "node", "print('hi')\nresult = 40 + n", {"n": 2})
ROOT = Path(__file__).parents[3]


def ignore(level: str, text: str) -> None:
    return None


@pytest.fixture
def weakened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose kernel offers no Landlock, as far as the host can tell."""
    from runtime.sandbox.process import ZygoteProcess

    greeting = ZygoteProcess._greeting

    def without_landlock(self: ZygoteProcess, settings: SandboxSettings) -> SandboxReport:
        report = greeting(self, settings)
        return dataclasses.replace(report, landlock_abi=0, notes=("the kernel has no Landlock",))

    monkeypatch.setattr(ZygoteProcess, "_greeting", without_landlock)
    yield


@pytest.mark.usefixtures("weakened")
def test_code_is_refused_with_the_reason_where_it_cannot_be_isolated() -> None:
    own = Sandbox()
    try:
        with pytest.raises(NodeError) as caught:
            asyncio.run(own.run_code(HONEST, ignore))
        with pytest.raises(NodeError) as checked:
            own.check_code("result = 1")
        report = own.report()
    finally:
        own.close()

    assert caught.value.code == checked.value.code == "sandbox_unavailable"
    assert "Landlock not enforced on this machine (the kernel has no Landlock)" in caught.value.message
    assert not report.isolated


@pytest.mark.usefixtures("weakened")
def test_trusted_authors_run_where_code_cannot_be_isolated() -> None:
    own = Sandbox(SandboxSettings(policy=SandboxPolicy.TRUSTED_AUTHORS))
    try:
        assert own.run_code_blocking(HONEST, ignore) == 42
        assert not own.report().isolated
    finally:
        own.close()


def test_a_python_that_does_not_start_is_the_reason() -> None:
    own = Sandbox(SandboxSettings(python="/nowhere/python"))

    for _ in range(5):
        with pytest.raises(NodeError) as caught:
            own.run_code_blocking(HONEST, ignore)
        assert caught.value.code == "sandbox_unavailable"
    assert "did not start" in (own.report().reason or "")


def test_a_named_package_may_be_imported_and_others_may_not() -> None:
    own = Sandbox(SandboxSettings(packages=("packaging",)))
    code = "from packaging.version import Version\nresult = Version('1.10') > Version('1.9')"
    try:
        assert own.run_code_blocking(CodeRequest("p", "n", code, {}), ignore) is True
        with pytest.raises(NodeError, match="No module named 'pydantic'"):
            own.run_code_blocking(CodeRequest("p", "n", "import pydantic\nresult = 1", {}), ignore)
    finally:
        own.close()


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ValueError, match="sometimes"):
        SandboxSettings(policy="sometimes")  # type: ignore[arg-type]


def test_it_works_from_a_private_folder_with_a_long_path_and_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "a private place" / ("long name " * 8).strip()
    folder.mkdir(parents=True)
    (tmp_path / "a private place").chmod(0o700)
    shutil.copytree(ROOT / "runtime" / "sandbox", folder / "runtime" / "sandbox")
    shutil.copytree(ROOT / "runtime" / "engine", folder / "runtime" / "engine")
    shutil.copytree(ROOT / "accounts" / "access", folder / "accounts" / "access")
    for file in ("services_protocol.py", "aliases.py"):
        shutil.copy(ROOT / "runtime" / file, folder / "runtime")
    venv = folder / "the venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    site = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    program = (
        "import sys; sys.path[:0] = [sys.argv[1]]; sys.path.append(sys.argv[2])\n"
        "from runtime.sandbox import Sandbox\nfrom runtime.services_protocol import CodeRequest\n"
        "s = Sandbox()\nprint(s.report().isolated, s.report().private_tree, s.settings.python)\n"
        "print(s.run_code_blocking(CodeRequest('x', 'n', 'result = 6 * 7', {}), print))\ns.close()"
    )

    done = subprocess.run(
        [venv / "bin" / "python", "-c", program, folder, site],
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
    )

    assert done.stdout.splitlines() == [f"True True {venv / 'bin' / 'python'}", "42"], done.stderr


def test_inline_code_has_the_same_surface() -> None:
    lines: list[tuple[str, str]] = []
    rows: list[Any] = [1]
    request = CodeRequest(
        "i", "n", "rows.append(2)\nprint(len(rows))\nresult = (rows, date(2024, 1, 2))", {"rows": rows}
    )

    async def scenario() -> Any:
        value = await InlineCodeRunner().run_code(request, lambda level, text: lines.append((level, text)))
        await asyncio.sleep(0)
        return value

    assert asyncio.run(scenario()) == [[1, 2], "2024-01-02"]
    assert lines == [("info", "2")]
    assert rows == [1]


def test_inline_errors_are_the_same_too() -> None:
    with pytest.raises(NodeError) as caught:
        asyncio.run(InlineCodeRunner().run_code(CodeRequest("i", "n", "x = 1\nx / 0", {}), ignore))

    assert (caught.value.code, caught.value.facts["line"]) == ("code_error", 2)
