from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.aliases import MODULES, AliasError, AliasFinder, modules_within

PROJECT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def finder() -> Iterator[None]:
    finder = AliasFinder()
    sys.meta_path.insert(0, finder)
    yield
    sys.meta_path.remove(finder)
    for name in [name for name in sys.modules if name.split(".")[0] == "kailash"]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("module", "name", "home"),
    [(module, name, home) for module, names in MODULES.items() for name, home in names.items()],
)
def test_every_name_of_the_table_is_ours(module: str, name: str, home: str) -> None:
    found = getattr(importlib.import_module(module), name)

    assert found is getattr(importlib.import_module(home), name)


@pytest.mark.parametrize(
    "statement",
    [
        "import kailash.nodes.base",
        "from kailash.nodes.base import Node",
        "from kailash import middleware",
        "from kailash import client",
        "import kailash.api",
    ],
)
def test_another_module_is_refused_with_those_that_there_are(statement: str) -> None:
    with pytest.raises(AliasError, match="of kailash there are kailash.access_control, .*builder"):
        exec(statement)  # noqa: S102


def test_another_name_of_a_module_is_refused_with_those_that_it_has() -> None:
    with pytest.raises(
        AliasError, match="has no 'DockerRuntime' here; it has AsyncLocalRuntime, LocalRuntime"
    ):
        exec("from kailash.runtime import DockerRuntime")  # noqa: S102


def test_a_star_import_brings_the_names_of_the_table() -> None:
    scope: dict[str, object] = {}

    exec("from kailash.runtime import *", scope)  # noqa: S102

    assert {"LocalRuntime", "AsyncLocalRuntime"} <= scope.keys()


def test_a_part_of_the_table_can_stand_alone() -> None:
    finder = AliasFinder(modules_within("accounts.access"), where="inside a code node")

    assert finder.find_spec("kailash.access_control") is not None
    with pytest.raises(AliasError, match=r"no kailash\.runtime inside a code node; of kailash there are"):
        finder.find_spec("kailash.runtime")


def test_the_table_loads_by_its_path_without_anything_of_ours() -> None:
    code = (
        "import importlib.util, sys; spec = importlib.util.spec_from_file_location('aliases', sys.argv[1]); "
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module); "
        "print(sorted({'runtime', 'accounts', 'django', 'pydantic'} & set(sys.modules)))"
    )

    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, PROJECT / "runtime" / "aliases.py"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ended.stdout == "[]\n"


def test_imports_are_untouched_where_nobody_asked_for_them() -> None:
    code = "import runtime.local\ntry:\n    import kailash\nexcept ModuleNotFoundError:\n    print('none')"

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "none\n"
