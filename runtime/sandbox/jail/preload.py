"""Modules that the zygote imports before it locks itself in.

A module with compiled parts must be here to be usable by author code: loading one maps executable
memory, which a child may not do.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

STANDARD: Final = (
    "abc", "array", "ast", "asyncio", "base64", "binascii", "bisect", "bz2", "calendar", "cmath",
    "collections", "collections.abc", "colorsys", "concurrent.futures", "contextlib", "contextvars",
    "copy", "csv", "ctypes", "dataclasses", "datetime", "decimal", "difflib", "email.message",
    "email.utils", "enum", "fnmatch", "fractions", "functools", "gc", "glob", "gzip", "hashlib",
    "heapq", "hmac", "html", "html.parser", "inspect", "io", "ipaddress", "itertools", "json",
    "json.tool", "keyword", "linecache", "locale", "logging", "lzma", "math", "mmap", "numbers", "operator",
    "os.path", "pathlib", "pickle", "pprint", "queue", "quopri", "random", "re", "resource", "secrets",
    "select", "shlex", "signal", "socket", "statistics", "string", "stringprep", "struct", "subprocess",
    "tempfile", "textwrap", "threading", "time", "timeit", "tokenize", "tomllib", "traceback", "types",
    "typing", "unicodedata", "unittest", "urllib.parse", "uuid", "warnings", "weakref",
    "xml.etree.ElementTree", "zipfile", "zlib", "zoneinfo", "_bisect", "_blake2", "_csv", "_datetime",
    "_decimal", "_elementtree", "_hashlib", "_heapq", "_json", "_lsprof", "_md5", "_opcode", "_pickle",
    "_posixsubprocess", "_queue", "_random", "_sha1", "_sha256", "_sha512", "_sha2", "_sha3",
    "_statistics", "_struct", "_uuid", "_zoneinfo", "pyexpat", "encodings.ascii", "encodings.cp1252",
    "encodings.idna", "encodings.latin_1", "encodings.punycode", "encodings.utf_16",
    "encodings.utf_8_sig",
)  # fmt: skip


def preload_standard() -> None:
    """Imports the standard set. Private accelerator modules differ between versions and may be absent."""
    for name in STANDARD:
        try:
            importlib.import_module(name)
        except ImportError:
            if not name.startswith("_"):
                raise


def preload_packages(names: Sequence[str], search: Sequence[str]) -> list[str]:
    """Imports third-party packages from the folders in `search`; the files and folders they came from.

    Raises `ImportError` naming the package that is not installed.
    """
    if not names:
        return []
    sys.path.extend(search)
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise ImportError(f"the package {name!r} cannot be loaded: {error}", name=name) from error
    return sorted({entry for module in list(sys.modules.values()) for entry in _origin(module, search)})


def _origin(module: object, search: Sequence[str]) -> list[str]:
    file = getattr(module, "__file__", None)
    found = []
    for folder in search:
        if isinstance(file, str) and file.startswith(folder + os.sep):
            found.append(os.path.join(folder, file[len(folder) + 1 :].split(os.sep)[0]))
    return found
