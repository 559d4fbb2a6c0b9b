"""Runs author code behind the kernel: Landlock, seccomp, namespaces and a process of its own.

`Sandbox` is the `CodeRunner` of the server and of scripts. Imports no framework.
"""

from runtime.sandbox.client import Sandbox
from runtime.sandbox.settings import SandboxPolicy, SandboxReport, SandboxSettings

__all__ = ["Sandbox", "SandboxPolicy", "SandboxReport", "SandboxSettings"]
