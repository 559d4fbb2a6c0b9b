"""Landlock: which files a process may read. Everything else in the file system is refused.

See `Documentation/userspace-api/landlock.rst` of the kernel. The three system calls have the same
numbers on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from . import libc

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
READ_FILE, READ_DIR = 1 << 2, 1 << 3
_RULE_PATH_BENEATH = 1
_NET_BIND_AND_CONNECT = 0b11
_SCOPE_ABSTRACT_UNIX_AND_SIGNAL = 0b11


def abi() -> int:
    """The kernel's Landlock version; 0 when there is none."""
    return max(0, libc.syscall(CREATE_RULESET, None, 0, 1))


def _file_rights(version: int) -> int:
    bits = {1: 13, 2: 14, 3: 15, 4: 15}.get(version, 16)
    return (1 << bits) - 1


class Ruleset:
    """A set of readable places, made once by the zygote; each child then locks itself in with it."""

    def __init__(self, version: int) -> None:
        network = _NET_BIND_AND_CONNECT if version >= 4 else 0
        scope = _SCOPE_ABSTRACT_UNIX_AND_SIGNAL if version >= 6 else 0
        size = 8 if version < 4 else (16 if version < 6 else 24)
        attributes = struct.pack("QQQ", _file_rights(version), network, scope)[:size]
        self._fd = libc.checked(
            libc.syscall(CREATE_RULESET, ctypes.create_string_buffer(attributes, size), size, 0),
            "landlock_create_ruleset",
        )

    def allow(self, path: str, rights: int) -> None:
        """Allows `rights` at `path` and beneath it. A path that does not exist is left out."""
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            granted = rights if os.path.isdir(path) else rights & READ_FILE
            rule = ctypes.create_string_buffer(struct.pack("=Qi", granted, place), 12)
            libc.checked(libc.syscall(ADD_RULE, self._fd, _RULE_PATH_BENEATH, rule, 0), "landlock_add_rule")
        finally:
            os.close(place)

    def allow_tree(self, folder: str, *, hidden: Iterable[str]) -> None:
        """Allows reading `folder` without the entries named `hidden` (their names stay listable)."""
        left_out = frozenset(hidden)
        self.allow(folder, READ_DIR)
        for entry in os.listdir(folder):
            if entry not in left_out:
                self.allow(os.path.join(folder, entry), READ_FILE | READ_DIR)

    def enforce(self) -> None:
        """Locks the calling process in, for good. Needs `no_new_privs`."""
        libc.checked(libc.syscall(RESTRICT_SELF, self._fd, 0), "landlock_restrict_self")
