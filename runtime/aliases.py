"""Imports of scripts that were written for the package `kailash`, resolved to this product.

Standard library only and nothing of ours at import, so that the sandbox can load this file by its path.
A module of the table is a package whose names are fetched when they are first used; any other
`kailash.*` is refused with what there is.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
else:  # their module loads a dozen others, and only type checkers need the bases
    Loader = MetaPathFinder = object

ROOT = "kailash"
Modules = Mapping[str, Mapping[str, str]]

# module -> name -> the module of ours that has it under the same name
MODULES: Modules = {
    "kailash.access_control": {"NodePermission": "accounts.access", "UserContext": "accounts.access"},
    "kailash.access_control.managers": {"AccessControlManager": "accounts.access"},
    "kailash.nodes.enterprise.batch_processor": {"BatchProcessorNode": "runtime.nodes.batch_processor"},
    "kailash.nodes.enterprise.data_lineage": {"DataLineageNode": "runtime.nodes.data_lineage"},
    "kailash.nodes.security.rotating_credentials": {
        "RotatingCredentialNode": "runtime.nodes.rotating_credential"
    },
    "kailash.runtime": {"AsyncLocalRuntime": "runtime", "LocalRuntime": "runtime"},
    "kailash.runtime.local": {"LocalRuntime": "runtime"},
    "kailash.workflow.builder": {"WorkflowBuilder": "runtime"},
    "kailash.workflow.templates": {"BusinessWorkflowTemplates": "runtime.templates"},
}


def modules_within(package: str, modules: Modules = MODULES) -> Modules:
    """The part of `modules` whose every name comes from `package` of ours."""
    return {
        module: names
        for module, names in modules.items()
        if all(home == package or home.startswith(f"{package}.") for home in names.values())
    }


class AliasError(ImportError):
    """A name of `kailash` that has nothing of ours behind it."""


class AliasFinder(MetaPathFinder):
    """Finds the modules of `modules` and refuses the rest of `kailash`. `where` closes its sentences."""

    def __init__(self, modules: Modules = MODULES, *, where: str = "here") -> None:
        self._modules = modules
        self._where = where

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != ROOT and not fullname.startswith(f"{ROOT}."):
            return None
        if fullname not in self._modules and not self._is_parent(fullname):
            raise AliasError(self._refusal(fullname), name=fullname)
        spec = ModuleSpec(fullname, _AliasLoader(self._modules.get(fullname, {})), is_package=True)
        spec.submodule_search_locations = []
        return spec

    def _is_parent(self, fullname: str) -> bool:
        return fullname == ROOT or any(name.startswith(f"{fullname}.") for name in self._modules)

    def _refusal(self, fullname: str) -> str:
        parent, _, name = fullname.rpartition(".")
        if parent in self._modules:
            offered = ", ".join(sorted(self._modules[parent]))
            return f"{parent} has no {name!r} {self._where}; it has {offered}"
        offered = ", ".join(sorted(self._modules)) or "no modules"
        return f"there is no {fullname} {self._where}; of {ROOT} there are {offered}"


class _AliasLoader(Loader):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        names = self._names

        def fetch(name: str) -> Any:
            home = names.get(name)
            if home is None:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            value = getattr(import_module(home), name)
            setattr(module, name, value)
            return value

        module.__dict__.update(__getattr__=fetch, __all__=sorted(names), __dir__=lambda: sorted(names))


def install(modules: Modules = MODULES) -> None:
    """Puts the finder before all others. Once is enough; a second call changes nothing."""
    if not any(isinstance(finder, AliasFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, AliasFinder(modules))
