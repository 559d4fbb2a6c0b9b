"""Namespaces: no network, no other process, and a file tree that holds the standard library alone."""

from __future__ import annotations

import os
from collections.abc import Sequence

from . import libc, syscalls

_USER, _NET, _IPC, _UTS, _PID, _MOUNT = 0x10000000, 0x40000000, 0x08000000, 0x04000000, 0x20000000, 0x00020000
_NAMES = {_USER: "user", _NET: "net", _IPC: "ipc", _UTS: "uts", _PID: "pid", _MOUNT: "mount"}
_NOBODY = 65534

_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_NOATIME, _NODIRATIME, _BIND, _REC, _PRIVATE, _RELATIME = 1 << 10, 1 << 11, 1 << 12, 1 << 14, 1 << 18, 1 << 21
_ST_RELATIME = 4096
_MOUNT_POINTS = ("/mnt", "/media", "/srv", "/opt", "/var", "/home", "/usr", "/tmp")  # noqa: S108 - covered, not written to


def enter() -> tuple[str, ...]:
    """Moves the caller into as many new namespaces as the kernel allows; their names.

    The process namespace holds for children forked afterwards. Raises `OSError` where none is allowed.
    """
    uid, gid = os.getuid(), os.getgid()
    wanted = _USER | _NET | _IPC | _UTS | _PID
    try:
        libc.unshare(wanted | _MOUNT)
        wanted |= _MOUNT
    except OSError:
        libc.unshare(wanted)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{_NOBODY} {uid} 1")
    _write("/proc/self/gid_map", f"{_NOBODY} {gid} 1")
    libc.set_hostname("sandbox")
    return tuple(name for flag, name in _NAMES.items() if wanted & flag)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def enter_private_tree(readable: Sequence[str], hidden: Sequence[str]) -> None:
    """Makes `readable` (files and folders, at their own paths) the whole file system, read-only.

    Folders in `hidden` are seen empty. Raises `OSError` where mounting is not allowed; until the last
    step the old tree is still in place.
    """
    libc.mount(None, "/", None, _REC | _PRIVATE)
    root = next(
        point
        for point in _MOUNT_POINTS
        if os.path.isdir(point) and not any(_is_within(path, point) for path in readable)
    )
    libc.mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV | _NOEXEC, "size=1m,mode=0755")
    for path in readable:
        _bind_read_only(path, root + path)
    for path in hidden:
        libc.mount("tmpfs", root + path, "tmpfs", _RDONLY | _NOSUID | _NODEV | _NOEXEC, "size=4k,mode=0555")
    os.chdir(root)
    libc.checked(libc.syscall(syscalls.TABLES[libc.MACHINE]["pivot_root"], b".", b"."), "pivot_root")
    libc.detach(".")
    os.chdir("/")
    libc.mount(None, "/", None, _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV | _NOEXEC)


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")


def _bind_read_only(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o444))
    libc.mount(source, target, None, _BIND | _REC)
    # The kernel refuses a remount that loosens what the outer mount had locked, so keep those flags.
    kept = os.statvfs(target).f_flag
    flags = _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV | _NOEXEC | (kept & (_NOATIME | _NODIRATIME))
    libc.mount(None, target, None, flags | (_RELATIME if kept & _ST_RELATIME else 0))
