"""The system calls that author code may make: a short allow-list, compiled to a BPF program.

Anything else fails with EPERM, so that Python reports an ordinary error. Calls that only an attack
makes kill the process at once.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Callable
from typing import Final

from . import libc, syscalls

RET_KILL, RET_ALLOW, RET_ERRNO = 0x80000000, 0x7FFF0000, 0x00050000

HOT: Final = ("read", "write", "munmap", "madvise", "futex", "brk", "clock_gettime")
ALLOWED: Final = (
    "close", "fstat", "lseek", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "pread64", "readv",
    "writev", "access", "select", "sched_yield", "mremap", "dup", "nanosleep", "getpid", "exit",
    "exit_group", "getcwd", "readlink", "readlinkat", "gettimeofday", "getrlimit", "getrusage", "times",
    "uname", "getuid", "getgid", "geteuid", "getegid", "sigaltstack", "gettid", "time",
    "sched_getaffinity", "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2",
    "getdents64", "restart_syscall", "clock_getres", "clock_nanosleep", "newfstatat", "ppoll",
    "pselect6", "poll", "stat", "lstat", "getrandom", "statx", "rseq", "faccessat", "faccessat2",
    "membarrier", "set_robust_list",
)  # fmt: skip
HOSTILE: Final = (
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "mount",
    "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
    "fspick", "mount_setattr", "unshare", "setns", "open_by_handle_at", "reboot", "swapon", "swapoff",
    "settimeofday", "clock_settime", "iopl", "ioperm", "init_module", "finit_module", "delete_module",
    "kexec_load", "kexec_file_load", "add_key", "request_key", "keyctl", "bpf", "userfaultfd",
    "perf_event_open", "io_uring_setup", "io_uring_enter", "io_uring_register",
)  # fmt: skip

_PROT_EXEC = 4
# O_WRONLY O_RDWR O_CREAT O_TRUNC O_APPEND, and the bit that only O_TMPFILE has.
_OPEN_WRITES = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
_AF_UNIX = 1
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)  # DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC
_IOCTL_REQUESTS = (0x5421, 0x5450, 0x5451)  # FIONBIO, FIONCLEX, FIOCLEX
_X32_BIT = 0x40000000
_LOAD, _JUMP, _JEQ, _JGE, _JSET, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06


class _Program:
    """Builds classic BPF over `struct seccomp_data` (number, arch, ip, six 64-bit arguments)."""

    def __init__(self) -> None:
        self.code: list[tuple[int, int, int, int]] = []

    def load_number(self) -> None:
        self.code.append((_LOAD, 0, 0, 0))

    def load_argument(self, index: int, *, high: bool = False) -> None:
        self.code.append((_LOAD, 0, 0, 16 + 8 * index + (4 if high else 0)))

    def answer(self, value: int) -> None:
        self.code.append((_RETURN, 0, 0, value))

    def refuse(self, code: int) -> None:
        self.answer(RET_ERRNO | code)

    def refuse_if_any(self, mask: int, code: int) -> None:
        self.code.append((_JSET, 0, 1, mask))
        self.refuse(code)

    def refuse_unless_equal(self, value: int, code: int) -> None:
        self.code.append((_JEQ, 1, 0, value))
        self.refuse(code)

    def answer_if_equal(self, value: int, answer: int) -> None:
        self.code.append((_JEQ, 0, 1, value))
        self.answer(answer)

    def on_call(self, number: int, body: Callable[[], None]) -> None:
        """`body` decides about this call; it must answer on every path."""
        self.code.append((_JEQ, 1, 0, number))
        jump = len(self.code)
        self.code.append((_JUMP, 0, 0, 0))
        body()
        self.code[jump] = (_JUMP, 0, 0, len(self.code) - jump - 1)
        self.load_number()

    def to_bytes(self) -> bytes:
        return b"".join(struct.pack("=HBBI", *instruction) for instruction in self.code)


def build_filter(machine: str) -> bytes:
    """The BPF program for a machine. Raises `KeyError` for one without a table."""
    table, arch = syscalls.TABLES[machine], syscalls.AUDIT_ARCH[machine]
    program = _Program()
    program.code.append((_LOAD, 0, 0, 4))
    program.code.append((_JEQ, 1, 0, arch))
    program.answer(RET_KILL)
    program.load_number()
    if machine == "x86_64":
        program.code.append((_JGE, 0, 1, _X32_BIT))
        program.answer(RET_KILL)
    for name in HOT:
        program.answer_if_equal(table[name], RET_ALLOW)
    for name, body in _argument_checks(program).items():
        if name in table:
            program.on_call(table[name], body)
    program.answer_if_equal(table["clone3"], RET_ERRNO | errno.ENOSYS)
    for names, answer in ((ALLOWED, RET_ALLOW), (HOSTILE, RET_KILL)):
        for name in names:
            if name in table:
                program.answer_if_equal(table[name], answer)
    program.refuse(errno.EPERM)
    return program.to_bytes()


def _argument_checks(program: _Program) -> dict[str, Callable[[], None]]:
    def never_executable() -> None:
        program.load_argument(2)
        program.refuse_if_any(_PROT_EXEC, errno.EPERM)
        program.answer(RET_ALLOW)

    def read_only(flags_at: int) -> Callable[[], None]:
        def body() -> None:
            program.load_argument(flags_at)
            program.refuse_if_any(_OPEN_WRITES, errno.EACCES)
            program.answer(RET_ALLOW)

        return body

    def unix_only() -> None:
        program.load_argument(0)
        program.refuse_unless_equal(_AF_UNIX, errno.EACCES)
        program.answer(RET_ALLOW)

    def one_of(values: tuple[int, ...], code: int) -> Callable[[], None]:
        def body() -> None:
            program.load_argument(1)
            for value in values:
                program.answer_if_equal(value, RET_ALLOW)
            program.refuse(code)

        return body

    def own_limits_read_only() -> None:
        program.load_argument(0)
        program.refuse_unless_equal(0, errno.EPERM)
        for high in (False, True):
            program.load_argument(2, high=high)
            program.refuse_unless_equal(0, errno.EPERM)
        program.answer(RET_ALLOW)

    return {
        "mmap": never_executable,
        "mprotect": never_executable,
        "openat": read_only(2),
        "open": read_only(1),
        "socketpair": unix_only,
        "fcntl": one_of(_FCNTL_COMMANDS, errno.EPERM),
        "ioctl": one_of(_IOCTL_REQUESTS, errno.ENOTTY),
        "prlimit64": own_limits_read_only,
    }


class _SockFprog(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """A program ready to be installed: made once by the zygote, enforced by each child."""

    def __init__(self, machine: str) -> None:
        code = build_filter(machine)
        self._buffer = ctypes.create_string_buffer(code, len(code))
        self._program = _SockFprog(len(code) // 8, ctypes.addressof(self._buffer))
        self._number = syscalls.TABLES[machine]["seccomp"]

    def enforce(self) -> None:
        """Restricts the calling process, for good. Needs `no_new_privs`."""
        libc.checked(libc.syscall(self._number, 1, 0, ctypes.byref(self._program)), "seccomp")
