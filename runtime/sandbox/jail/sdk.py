"""What author code may import of this product: `accounts.access`, also by the guide's names for it.

Loaded before the lock-down, because the project's folder cannot be read afterwards.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any, Final

OFFERED: Final = "accounts.access"
_TOP: Final = OFFERED.partition(".")[0]


def preload_sdk(project: str) -> None:
    """Imports `accounts.access` whole from the folder `project` and puts the aliases before other imports."""
    sys.path.insert(0, project)
    try:
        offered = importlib.import_module(OFFERED)
        for found in pkgutil.walk_packages(offered.__path__, f"{OFFERED}."):
            importlib.import_module(found.name)
        aliases = _load_file("_aliases", os.path.join(project, "runtime", "aliases.py"))
    finally:
        sys.path.remove(project)
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == _TOP and hasattr(module, "__path__"):
            module.__path__ = []  # the rest is not for author code: absent rather than unreadable
    sys.meta_path.insert(0, aliases.AliasFinder(aliases.modules_within(OFFERED), where="inside a code node"))


def _load_file(name: str, path: str) -> Any:
    """A module that belongs to no package here: its own would bring in the whole product."""
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded", name=name)
    module: ModuleType = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
