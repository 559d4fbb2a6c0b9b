"""One supervised child: started, watched, restarted with back-off."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from designer.embedded.child import spawn, stop

FIRST_PAUSE_S, LONGEST_PAUSE_S, STABLE_AFTER_S = 0.5, 15.0, 30.0


class Supervised:
    """Runs `command`; `keep_alive()` restarts it after a pause that doubles while it keeps dying."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: dict[str, str],
        log: Path,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.name, self.command, self.env, self.log, self.pass_fds = name, command, env, log, pass_fds
        self.process: subprocess.Popen[bytes] | None = None
        self.backoff = Backoff()

    def start(self) -> None:
        with open(self.log, "ab") as log:
            # SIGKILL when the supervisor is gone: runs survive it, and nothing can linger.
            self.process = spawn(
                self.command, log=log, env=self.env, pass_fds=self.pass_fds, death_signal=signal.SIGKILL
            )
        self.backoff.started()

    def keep_alive(self, say: Callable[[str], None]) -> None:
        if self.process is None or self.process.poll() is None:
            return
        if self.backoff.may_start():
            say(f"{self.name} ended with {self.process.returncode}; started again (log: {self.log})")
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self, grace_s: float) -> None:
        if self.process is not None:
            stop(self.process, grace_s=grace_s)
            self.process = None


class Backoff:
    """Decides when something that died may start again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.pause_s = 0.0
        self.started_at = 0.0
        self.not_before: float | None = None

    def started(self) -> None:
        self.started_at = self.clock()
        self.not_before = None

    def may_start(self) -> bool:
        """Call while it is down: False until the pause is over."""
        now = self.clock()
        if self.not_before is None:
            stable = now - self.started_at > STABLE_AFTER_S
            self.pause_s = (
                FIRST_PAUSE_S if stable or not self.pause_s else min(self.pause_s * 2, LONGEST_PAUSE_S)
            )
            self.not_before = now + self.pause_s
        return now >= self.not_before
