"""`manage.py sandbox_check`: what the sandbox enforces on this machine, and proof by live attempts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from runtime.sandbox import Sandbox, SandboxPolicy, SandboxReport, SandboxSettings
from runtime.sandbox.probes import run_probes, serves_honest_code


class Command(BaseCommand):
    help = (
        "Prints what encloses author code here, which packages it may import, and tries to break out. "
        "Ends with 1 when code is not isolated or a package cannot be loaded."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        # The attempts run whatever the policy is: to see what holds, not what is allowed.
        sandbox = Sandbox(
            SandboxSettings(policy=SandboxPolicy.TRUSTED_AUTHORS, packages=tuple(settings.SANDBOX_PACKAGES))
        )
        try:
            report = sandbox.report()
            self._print_report(report)
            self._print_packages(report)
            holds = report.failure is None and self._print_probes(sandbox)
        finally:
            sandbox.close()
        if not (report.isolated and holds) or any(package.problem for package in report.packages):
            raise SystemExit(1)

    def _print_report(self, report: SandboxReport) -> None:
        self.stdout.write(f"policy: {settings.SANDBOX_POLICY}")
        for subject, is_enforced, detail in report.lines():
            self._print_line(is_enforced, subject, detail, otherwise="not enforced")
        for note in report.notes:
            self.stdout.write(f"  note: {note}")
        self.stdout.write("author code is isolated" if report.isolated else f"NOT isolated: {report.reason}")

    def _print_packages(self, report: SandboxReport) -> None:
        if report.packages:
            self.stdout.write("packages (SANDBOX_PACKAGES):")
        for package in report.packages:
            detail = package.problem or f"loaded {package.version}".rstrip()
            self._print_line(package.problem is None, package.name, detail, otherwise="not loaded")

    def _print_probes(self, sandbox: Sandbox) -> bool:
        self.stdout.write("attempts:")
        results = run_probes(sandbox)
        for result in results:
            self._print_line(result.is_refused, result.name, result.detail, otherwise="ESCAPED")
        serves = serves_honest_code(sandbox)
        self._print_line(serves, "honest code", "runs afterwards", otherwise="does not run")
        refused = sum(result.is_refused for result in results)
        self.stdout.write(f"{refused} of {len(results)} attempts refused")
        return serves and refused == len(results)

    def _print_line(self, is_good: bool, subject: str, detail: str, *, otherwise: str) -> None:
        self.stdout.write(f"  {'ok' if is_good else otherwise:<12} {subject}: {detail}")
