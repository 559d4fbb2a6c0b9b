"""`manage.py credentials check|rewrap [--new-key]`: the keys that credentials are sealed with."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from designer.identity.providers import rewrap_secrets
from runtime.credentials.master_keys import KeyProblem
from runtime.services.credential_keys import change_kept_key, sealing_key
from runtime.services.credential_upkeep import Unopened, credential_count, key_uses, rewrap_all, unopened


class Command(BaseCommand):
    help = (
        "check: opens every credential, showing none, and names the keys. "
        "rewrap: seals all with the key in force. Both end with 1 when one does not open."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check", help="open every credential and say which do not")
        rewrap = actions.add_parser("rewrap", help="seal every credential with the key in force")
        rewrap.add_argument(
            "--new-key", action="store_true", help="make a new key first, where Lockgate keeps it in DATA_DIR"
        )

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            if action == "rewrap":
                self._rewrap(with_new_key=options["new_key"])
            self._print_keys()
            broken = unopened()
        except KeyProblem as problem:
            raise CommandError(str(problem)) from None
        self._print_outcome(broken)
        if broken:
            raise SystemExit(1)

    def _rewrap(self, *, with_new_key: bool) -> None:
        if with_new_key:
            self.stdout.write(f"New key: {change_kept_key().id}")
        changed = rewrap_all() + rewrap_secrets()
        self.stdout.write(f"{_many(changed, 'version')} sealed with the key {sealing_key().id}")

    def _print_keys(self) -> None:
        for use in key_uses():
            where = "here" if use.is_here else "NOT HERE"
            self.stdout.write(
                f"key {use.key_id} ({where}): {_many(use.credentials, 'credential')},"
                f" {_many(use.versions, 'version')}"
            )

    def _print_outcome(self, broken: list[Unopened]) -> None:
        for version in broken:
            which = "in force" if version.in_force else "an earlier one"
            self.stdout.write(
                f"NOT opened: {version.credential}, version {version.number} ({which}): {version.reason}"
            )
        self.stdout.write(
            f"Not opened: {_many(len(broken), 'version')}. Put the key back, or enter the secrets again."
            if broken
            else f"{_many(credential_count(), 'credential')}, and everything opens."
        )


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
