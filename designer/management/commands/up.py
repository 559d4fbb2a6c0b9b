"""`manage.py up`, for the list of commands: `manage.py` hands it to the supervisor before Django loads."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from designer.supervisor.up import main


class Command(BaseCommand):
    help = "Starts everything: PostgreSQL and Valkey where none are configured, web, worker. Ctrl-C stops it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arguments", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        raise SystemExit(main(options["arguments"]))
