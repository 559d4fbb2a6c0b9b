"""The filters of both machines, run by a small interpreter of the kernel's BPF."""

from __future__ import annotations

import errno
import struct

import pytest

from runtime.sandbox.jail.seccomp import ALLOWED, HOSTILE, HOT, RET_ALLOW, RET_ERRNO, RET_KILL, build_filter
from runtime.sandbox.jail.syscalls import AUDIT_ARCH, TABLES

MACHINES = sorted(TABLES)
# Every call number that a kernel could know, and some that none does.
NUMBERS = range(700)


def decide(machine: str, number: int, *arguments: int, arch: int | None = None) -> int:
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack("=iIQ6Q", number, AUDIT_ARCH[machine] if arch is None else arch, 0, *padded)
    code = list(struct.iter_unpack("=HBBI", build_filter(machine)))
    at, register = 0, 0
    while True:
        kind, if_true, if_false, value = code[at]
        at += 1
        if kind == 0x06:
            return int(value)
        if kind == 0x20:
            register = struct.unpack_from("=I", data, value)[0]
        elif kind == 0x05:
            at += value
        else:
            holds = {0x15: register == value, 0x35: register >= value, 0x45: bool(register & value)}[kind]
            at += if_true if holds else if_false


def named(machine: str, name: str, *arguments: int) -> int:
    return decide(machine, TABLES[machine][name], *arguments)


@pytest.mark.parametrize("machine", MACHINES)
def test_only_listed_calls_are_allowed(machine: str) -> None:
    table = TABLES[machine]
    checked = {"mmap", "mprotect", "openat", "open", "socketpair", "fcntl", "ioctl", "prlimit64"}
    listed = {table[name] for name in {*HOT, *ALLOWED, *checked} if name in table}

    allowed = {number for number in NUMBERS if decide(machine, number) == RET_ALLOW}

    assert allowed <= listed
    assert {table[name] for name in HOT} <= allowed


@pytest.mark.parametrize("machine", MACHINES)
def test_attacks_kill_and_the_rest_fails_with_eperm(machine: str) -> None:
    table = TABLES[machine]

    for name in HOSTILE:
        if name in table:
            assert named(machine, name) == RET_KILL, name
    for name in ("clone", "execve", "execveat", "socket", "kill", "memfd_create", "seccomp", "pidfd_open"):
        assert named(machine, name) == RET_ERRNO | errno.EPERM, name
    assert named(machine, "clone3") == RET_ERRNO | errno.ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_another_architecture_kills(machine: str) -> None:
    assert decide(machine, TABLES[machine]["read"], arch=0x40000003) == RET_KILL


def test_x32_calls_kill() -> None:
    assert decide("x86_64", 0x40000000) == RET_KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_arguments_decide(machine: str) -> None:
    refused = RET_ERRNO | errno.EPERM
    denied = RET_ERRNO | errno.EACCES

    assert named(machine, "mmap", 0, 4096, 3) == RET_ALLOW
    assert named(machine, "mmap", 0, 4096, 7) == refused
    assert named(machine, "mprotect", 0, 4096, 4) == refused
    assert named(machine, "openat", 0, 0, 0o2000000) == RET_ALLOW
    for flags in (0o1, 0o2, 0o100, 0o1000, 0o2000, 0o20200000):
        assert named(machine, "openat", 0, 0, flags) == denied
    assert named(machine, "socketpair", 1) == RET_ALLOW
    assert named(machine, "socketpair", 2) == denied
    assert named(machine, "fcntl", 0, 3) == RET_ALLOW
    assert named(machine, "fcntl", 0, 8) == refused
    assert named(machine, "ioctl", 0, 0x5412) == RET_ERRNO | errno.ENOTTY
    assert named(machine, "prlimit64", 0, 7, 0) == RET_ALLOW
    assert named(machine, "prlimit64", 0, 7, 1 << 40) == refused
    assert named(machine, "prlimit64", 5, 7, 0) == refused
