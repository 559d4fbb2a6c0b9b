"""Modules that the zygote imports before it locks itself in.

A module with compiled parts must be here to be usable by author code: loading one maps executable
memory, which a child may not do.
"""

from __future__ import annotations

import importlib
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
