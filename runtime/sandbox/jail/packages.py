"""Third-party packages that the operator lets author code import, and what an import error says about them.

They are loaded whole before the lock-down: compiled parts map executable memory, which a child may not do.
A package that cannot be loaded is left out, with the reason; code that does not use it still runs.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

_SUFFIXES: Final = tuple(importlib.machinery.EXTENSION_SUFFIXES)
_MAX_REASON: Final = 300
_OURS: Final = frozenset({"accounts", "designer", "runtime"})


class Unloadable(Exception):
    """A package after whose loading this process cannot go on: it has to be started without it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason


@dataclass(slots=True)
class Packages:
    """`versions` of what is loaded, `failures` with their reasons, and the `entries` that may be read."""

    versions: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    entries: list[str] = field(default_factory=list)


SEEDERS: Final[list[Callable[[int], object]]] = [random.seed]
"""What gives a call its random numbers: children are forks, and would all draw the same ones."""

_offered: Packages | None = None


def preload_packages(
    names: Sequence[str],
    search: Sequence[str],
    *,
    failures: Mapping[str, str],
    tell: Callable[[str], None],
) -> Packages:
    """Imports `names` from the folders in `search`; `tell` hears each name before it is tried.

    `failures` are packages known not to load. Raises `Unloadable` for one that starts threads.
    """
    global _offered
    found = _offered = Packages(failures=dict(failures))
    sys.path.extend(search)
    try:
        for name in names:
            if name not in found.failures:
                tell(name)
                _load(name, found)
    finally:
        # What is not loaded by now cannot be read later; its absence should be said at once.
        sys.path[:] = [folder for folder in sys.path if folder not in search]
    if "numpy.random" in sys.modules:
        SEEDERS.append(_numpy_seeder(sys.modules["numpy.random"]))
    found.entries = sorted(
        {entry for module in list(sys.modules.values()) for entry in _origin(module, search)}
    )
    return found


def is_offering() -> bool:
    """Whether this process was told what code may import: not outside the sandbox."""
    return _offered is not None


def explain_import(error: ImportError) -> str:
    """What to add to an import error of author code: whose decision it is. Empty outside the sandbox."""
    if _offered is None or error.name is None:
        return ""
    top = error.name.partition(".")[0]
    for name, reason in _offered.failures.items():
        if top == name.partition(".")[0]:
            return f". SANDBOX_PACKAGES names '{name}', but it could not be loaded: {reason}"
    if "failed to map segment" in str(error):
        return (
            ". A compiled module cannot be loaded inside the sandbox; "
            f"the operator can name '{error.name}' in SANDBOX_PACKAGES"
        )
    if not isinstance(error, ModuleNotFoundError):
        return ""
    if top in _OURS:
        return ". Of this product, code nodes may import accounts.access"
    if top in sys.stdlib_module_names or top in sys.modules:
        return ""
    now = ", ".join(_offered.versions) or "none"
    return (
        ". Code nodes import the standard library and the packages that the operator names in "
        f"SANDBOX_PACKAGES (now: {now})"
    )


def _load(name: str, found: Packages) -> None:
    try:
        module = importlib.import_module(name)
    except BaseException as error:  # whatever a package does when it is imported, the others still count
        found.failures[name] = f"{type(error).__name__}: {error}"[:_MAX_REASON]
        return
    for part in _compiled_parts(module):
        _try_import(part)
    if _thread_count() > 1:
        raise Unloadable(name, "it starts threads when it is loaded, which code in the sandbox may not")
    found.versions[name] = str(getattr(module, "__version__", ""))


def _compiled_parts(module: ModuleType) -> Iterator[str]:
    """Dotted names of the extension modules in a package, but for those of its tests."""
    for folder in getattr(module, "__path__", ()):
        for place, folders, files in os.walk(folder):
            folders[:] = sorted(name for name in folders if name.isidentifier() and "test" not in name)
            inner = os.path.relpath(place, folder).replace(os.sep, ".")
            prefix = module.__name__ if inner == "." else f"{module.__name__}.{inner}"
            for file in sorted(files):
                stem = file.partition(".")[0]
                if file.endswith(_SUFFIXES) and "test" not in stem:
                    yield f"{prefix}.{stem}"


def _try_import(part: str) -> None:
    try:
        importlib.import_module(part)
    except BaseException:
        # An optional part: the package itself works without. Code that needs it is told when it imports it.
        return


def _numpy_seeder(numpy_random: Any) -> Callable[[int], object]:
    return lambda seed: numpy_random.seed(seed & 0xFFFFFFFF)


def _thread_count() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def _origin(module: object, search: Sequence[str]) -> list[str]:
    file = getattr(module, "__file__", None)
    found = []
    for folder in search:
        if isinstance(file, str) and file.startswith(folder + os.sep):
            found.append(os.path.join(folder, file[len(folder) + 1 :].split(os.sep)[0]))
    return found
