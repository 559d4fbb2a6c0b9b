"""How the sandbox is set up, and what it turned out to enforce."""

from __future__ import annotations

import sys
import sysconfig
from dataclasses import dataclass, field
from enum import StrEnum


class SandboxPolicy(StrEnum):
    ISOLATED = "isolated"
    TRUSTED_AUTHORS = "trusted-authors"


def _installed_folders() -> tuple[str, ...]:
    paths = sysconfig.get_paths()
    return tuple(sorted({paths["purelib"], paths["platlib"]}))


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """`trusted-authors` runs code also where the kernel cannot lock it in. The default refuses.

    `packages` are third-party modules that code may import, loaded from `package_folders` before the
    lock-down. One that cannot be loaded is left out and reported.
    `max_workers` (processes of a lease), `memory_mb` and `max_result_bytes` hold for calls that name none.
    """

    policy: SandboxPolicy = SandboxPolicy.ISOLATED
    packages: tuple[str, ...] = ()
    package_folders: tuple[str, ...] = field(default_factory=_installed_folders)
    max_workers: int = 4
    max_processes: int = 32
    idle_s: float = 30.0
    max_calls: int = 1000
    max_growth_mb: int = 128
    memory_mb: int = 512
    max_output_chars: int = 1 << 20
    max_result_bytes: int = 64 << 20
    max_request_bytes: int = 64 << 20
    start_timeout_s: float = 30.0
    python: str = field(default_factory=lambda: sys.executable)

    def __post_init__(self) -> None:
        object.__setattr__(self, "policy", SandboxPolicy(self.policy))


def packages_from_text(text: str) -> tuple[str, ...]:
    """The names in a comma-separated list, as `SANDBOX_PACKAGES` holds it, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


@dataclass(frozen=True, slots=True)
class PackageState:
    """A package that the operator named: loaded, or the `problem` that kept it out."""

    name: str
    version: str = ""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """What is enforced around author code, as tried by a locked-in process at start."""

    policy: SandboxPolicy
    landlock_abi: int = 0
    seccomp: bool = False
    files_refused: bool = False
    network_refused: bool = False
    processes_refused: bool = False
    namespaces: tuple[str, ...] = ()
    private_tree: bool = False
    notes: tuple[str, ...] = ()
    packages: tuple[PackageState, ...] = ()
    failure: str | None = None

    @property
    def isolated(self) -> bool:
        """Whether Landlock and seccomp hold, proved by attempts that failed."""
        tried = self.files_refused and self.network_refused and self.processes_refused
        return self.landlock_abi > 0 and self.seccomp and tried

    @property
    def reason(self) -> str | None:
        """Why code is not isolated, in one sentence; None when it is."""
        if self.isolated:
            return None
        missing = [
            name for name, held in (("Landlock", self.landlock_abi), ("seccomp", self.seccomp)) if not held
        ]
        if self.failure is not None:
            return self.failure
        what = (
            f"{' and '.join(missing)} not enforced"
            if missing
            else "a locked-in process could still reach outside"
        )
        return f"{what} on this machine" + (f" ({'; '.join(self.notes)})" if self.notes else "")

    def lines(self) -> list[tuple[str, bool, str]]:
        """One (subject, enforced, detail) for each layer."""
        return [
            (
                "Landlock",
                self.landlock_abi > 0,
                f"kernel version {self.landlock_abi}" if self.landlock_abi else "absent",
            ),
            ("seccomp", self.seccomp, "system calls by allow-list"),
            ("files", self.files_refused, "nothing outside the standard library opens"),
            ("network", self.network_refused, "no socket can be made"),
            ("processes", self.processes_refused, "no process can be started"),
            ("namespaces", bool(self.namespaces), ", ".join(self.namespaces) or "not allowed here"),
            ("private file tree", self.private_tree, "only the standard library is mounted"),
        ]


def state_of(report: SandboxReport) -> str:
    """`isolated`, `trusted-authors`, or why code is refused."""
    if report.isolated:
        return "isolated"
    if report.policy is SandboxPolicy.TRUSTED_AUTHORS:
        return str(report.policy)
    return f"code is refused: {report.reason}"
