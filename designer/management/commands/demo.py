"""`manage.py demo [--password P]`: fills the demo workspace and says how to sign in."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

SIGN_IN_FILE = "first-sign-in.txt"


class Command(BaseCommand):
    help = (
        "Makes the demo workspace: people, datasets and example workflows. Running it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", help="for all people of the demo; a new one is made otherwise")

    def handle(self, *args: Any, **options: Any) -> None:
        from designer.demo import load_demo

        demo = load_demo(options["password"])
        for made in demo.made:
            self.stdout.write(f"made {made}")
        path = settings.DATA_DIR / SIGN_IN_FILE
        if demo.password is not None:
            _write_secret(path, f"e-mail: {demo.owner.email}\npassword: {demo.password}\n")
            self.stdout.write(
                f"Sign in as {demo.owner.email} with the password {demo.password} (kept in {path})."
            )
        else:
            self.stdout.write(f"Sign in as {demo.owner.email}; the password was set before (see {path}).")


def _write_secret(path: Path, text: str) -> None:
    """For the owner of the process alone, from the first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
