#!/usr/bin/env python
"""Runs a management command; starts the embedded services for it when nothing is configured or running."""

from __future__ import annotations

import os
import sys

# These need no database.
WITHOUT_SERVICES = frozenset(
    [
        "help",
        "--help",
        "-h",
        "version",
        "--version",
        "makemigrations",
        "spectacular",
        "findstatic",
        "sandbox_check",
    ]
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command == "up":
        from designer.supervisor.up import main as up

        sys.exit(up(sys.argv[2:]))
    if command in WITHOUT_SERVICES:
        _execute()
        return
    from designer.embedded.services import running_or_configured
    from designer.environment import data_dir

    if running_or_configured(data_dir()):
        _execute()
    else:
        _execute_beside_services()


def _execute() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def _execute_beside_services() -> None:
    from designer.embedded.locations import EmbeddedProblem
    from designer.embedded.services import services
    from designer.environment import data_dir

    try:
        with services(data_dir()) as found:
            os.environ.update(found.variables())
            _execute()
    except EmbeddedProblem as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
