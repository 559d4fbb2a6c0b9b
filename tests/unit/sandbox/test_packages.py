"""Packages that the operator names, with numpy for real and with packages that misbehave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.errors import NodeError
from runtime.sandbox import Sandbox, SandboxSettings
from runtime.sandbox.settings import packages_from_text
from runtime.services_protocol import CodeRequest
from tests.unit.sandbox.test_lifecycle import descendants


def ignore(level: str, text: str) -> None:
    """These tests look at results."""


def run(
    sandbox: Sandbox, code: str, *, lease: str = "p", memory_mb: int = 128, seed: int = 0, **inputs: Any
) -> Any:
    request = CodeRequest(lease, "n", code, inputs, timeout_s=20, memory_mb=memory_mb, seed=seed)
    return sandbox.run_code_blocking(request, ignore)


def failure(sandbox: Sandbox, code: str) -> NodeError:
    with pytest.raises(NodeError) as caught:
        run(sandbox, code)
    return caught.value


@pytest.fixture(scope="module")
def with_numpy() -> Iterator[Sandbox]:
    own = Sandbox(SandboxSettings(packages=("numpy",)))
    assert own.report().isolated, own.report().reason
    yield own
    own.close()


NUMPY = {
    "sum": ("result = float(np.arange(10).sum())", 45.0),
    "slices": ("result = np.arange(12).reshape(3, 4)[:, 1].tolist()", [1, 5, 9]),
    "inputs": ("result = np.asarray(values).mean(axis=0).tolist()", [2.0, 3.0]),
    "linear algebra": ("result = np.linalg.solve(np.eye(3) * 2, np.ones(3)).tolist()", [0.5, 0.5, 0.5]),
    "singular values": ("result = np.linalg.svd(np.eye(4))[1].tolist()", [1.0] * 4),
    "imported parts": (
        "import numpy.linalg\nfrom numpy.random import default_rng\n"
        "result = [numpy.linalg.norm([3.0, 4.0]).item(), len(default_rng(1).integers(0, 9, 5))]",
        [5.0, 5],
    ),
    "Fourier": ("result = np.fft.ifft(np.fft.fft([1.0, 2.0])).real.tolist()", [1.0, 2.0]),
    "parts in Python": (
        "import numpy.polynomial, numpy.ma\nresult = numpy.polynomial.Polynomial([1, 2])(3).item()",
        7.0,
    ),
    "big product": ("x = np.ones((700, 700))\nresult = float((x @ x)[0, 0])", 700.0),
    "files in memory": (
        "import io\nfile = io.BytesIO()\nnp.savez(file, a=np.ones(2))\nfile.seek(0)\n"
        "result = np.load(file)['a'].tolist()",
        [1.0, 1.0],
    ),
}


@pytest.mark.parametrize("name", NUMPY)
def test_numpy_computes_in_the_sandbox(with_numpy: Sandbox, name: str) -> None:
    code, expected = NUMPY[name]

    assert run(with_numpy, f"import numpy as np\n{code}", values=[[1, 2], [3, 4]]) == expected


def test_numpy_keeps_the_sandbox_as_tight_as_without(with_numpy: Sandbox) -> None:
    report = with_numpy.report()

    assert report.isolated and report.private_tree
    assert [(package.name, package.problem) for package in report.packages] == [("numpy", None)]
    assert failure(with_numpy, "import numpy as np\nnp.save('/tmp/x.npy', np.ones(3))").code == "code_error"


def test_no_process_of_the_sandbox_has_a_second_thread(with_numpy: Sandbox) -> None:
    run(with_numpy, "import numpy as np\nx = np.ones((300, 300))\nresult = float((x @ x).sum())")
    zygote = with_numpy._zygote
    assert zygote is not None

    tasks = {pid: len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in descendants(zygote.pid)}

    assert tasks and set(tasks.values()) == {1}


def test_arrays_count_against_the_memory_limit(with_numpy: Sandbox) -> None:
    error = failure(with_numpy, "import numpy as np\nx = np.ones(1 << 25)\nresult = 1")

    assert (error.code, error.facts["line"]) == ("memory", 2)
    assert (
        run(with_numpy, "import numpy as np\nresult = int(np.ones(1 << 20).sum())", memory_mb=64) == 1 << 20
    )


def test_random_arrays_follow_the_seed_and_differ_between_children(with_numpy: Sandbox) -> None:
    code = "import numpy as np\nresult = np.random.rand()"

    drawn = [run(with_numpy, code, lease=f"draw {number}", seed=number % 2) for number in range(4)]

    assert drawn[0] == drawn[2] != drawn[1] == drawn[3]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("np.float64(0.5)", 0.5), ("np.str_('a')", "a"), ("np.arange(3).tolist()", [0, 1, 2])],
)
def test_what_is_plain_python_too_may_be_a_result(with_numpy: Sandbox, value: str, expected: Any) -> None:
    assert run(with_numpy, f"import numpy as np\nresult = {value}") == expected


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("np.ones(3)", "result", "is a numpy.ndarray, which JSON cannot hold; use .tolist()"),
        (
            "{'rows': [1, np.int64(3)]}",
            "result.rows[1]",
            "is a numpy.int64, which JSON cannot hold; use .item()",
        ),
        ("np.float32(0.1)", "result", "is a numpy.float32, which JSON cannot hold; use .item()"),
        ("np.bool_(True)", "result", "is a numpy.bool, which JSON cannot hold; use .item()"),
        ("{np.int64(3): 1}", "result", "a numpy.int64; JSON keys are text, use str(...)"),
        ("np.array([1.0, np.nan]).tolist()", "result[1]", "is nan, which JSON cannot hold; use None"),
    ],
)
def test_what_json_cannot_hold_says_how_to_convert_it(
    with_numpy: Sandbox, value: str, path: str, words: str
) -> None:
    error = failure(with_numpy, f"import numpy as np\nresult = {value}")

    assert (error.code, error.facts["path"]) == ("invalid_output", path)
    assert words in error.message


def test_a_package_that_is_not_named_says_who_can_change_that(with_numpy: Sandbox) -> None:
    error = failure(with_numpy, "import json\nimport pydantic")

    assert error.message.startswith("Line 2: ModuleNotFoundError: No module named 'pydantic'")
    assert "the packages that the operator names in SANDBOX_PACKAGES (now: numpy)" in error.message


@pytest.mark.parametrize(
    ("code", "line", "words"),
    [
        ("x = 1\nimport pandas as pd\nresult = 1", 2, "the operator names in SANDBOX_PACKAGES (now: numpy)"),
        ("def load():\n    from pandas.io import json\nresult = 1", 2, "No module named 'pandas.io'"),
        ("import numpy.nothing\nresult = 1", 1, "No module named 'numpy.nothing'"),
        ("from kailash.runtime import LocalRuntime\nresult = 1", 1, "no kailash.runtime inside a code node"),
        ("import runtime\nresult = 1", 1, "code nodes may import accounts.access"),
    ],
)
def test_an_import_that_cannot_succeed_is_seen_while_the_code_is_written(
    with_numpy: Sandbox, code: str, line: int, words: str
) -> None:
    (problem,) = with_numpy.check_code(code).problems

    assert (problem.line, problem.severity) == (line, "warning")
    assert words in problem.message


@pytest.mark.parametrize(
    "code",
    [
        "import numpy.linalg, json\nfrom numpy import random\n"
        "from kailash.access_control import UserContext\nresult = 1",
        "try:\n    import pandas\nexcept ImportError:\n    pandas = None\nresult = 1",
    ],
)
def test_imports_that_work_or_have_a_way_out_are_no_problem(with_numpy: Sandbox, code: str) -> None:
    assert with_numpy.check_code(code).problems == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages that fail in every way that loading can."""
    place = tmp_path_factory.mktemp("packages")
    sources = {
        "fine": "__version__ = '1.2'\nvalue = 42",
        "broken": "import json, no_such_dependency",
        "raising": "raise RuntimeError('no licence found')",
        "leaving": "raise SystemExit('bye')",
        "crashing": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)",
        "threaded": "import _thread, time\n_thread.start_new_thread(time.sleep, (60,))",
        "hanging": "import time\ntime.sleep(60)",
    }
    for name, source in sources.items():
        (place / name).mkdir()
        (place / name / "__init__.py").write_text(source)
    (place / "fine" / "later.py").write_text("value = 43")
    return place


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "No module named 'absent'"),
        ("broken", "No module named 'no_such_dependency'"),
        ("raising", "RuntimeError: no licence found"),
        ("leaving", "SystemExit: bye"),
        ("crashing", "the interpreter was ended by SIGSEGV while it was loaded"),
        ("threaded", "it starts threads when it is loaded"),
        ("hanging", "it takes too long to load"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_named_and_the_others_still_work(
    folder: Path, name: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    packages = (name, "fine") if name != "hanging" else ("fine", name)
    patience_s = 4.0 if name == "hanging" else 30.0
    own = Sandbox(
        SandboxSettings(packages=packages, package_folders=(str(folder),), start_timeout_s=patience_s)
    )
    try:
        assert run(own, "import fine, fine.later\nresult = [fine.value, fine.later.value]") == [42, 43]
        states = {package.name: package for package in own.report().packages}
        assert reason in (states[name].problem or "")
        assert (states["fine"].version, states["fine"].problem) == ("1.2", None)
        assert own.report().isolated

        error = failure(own, f"x = 1\nimport {name}")
    finally:
        own.close()

    assert error.facts["line"] == 2
    assert f"SANDBOX_PACKAGES names '{name}', but it could not be loaded" in error.message
    assert reason in error.message
    assert re.search(f"goes without '{name}'", caplog.text)


def test_a_list_of_packages_is_read_as_people_write_it() -> None:
    assert packages_from_text(" numpy, pandas,,numpy ") == ("numpy", "pandas")
