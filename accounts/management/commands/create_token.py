"""`manage.py create_token USER [--scopes A,B] [--name NAME] [--days N]`: prints a new API token, once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.queries import user_by_email
from accounts.services import TokenProblem, create_token
from accounts.services.tokens import DEFAULT_LIFE


class Command(BaseCommand):
    help = "Creates an API token for a person. The token is printed once, alone on the last line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="the person's e-mail")
        parser.add_argument(
            "--scopes", help="permissions, separated by commas; all of the person's by default"
        )
        parser.add_argument(
            "--name", default="command line", help="what it is for, as the account page shows it"
        )
        parser.add_argument("--days", type=int, default=DEFAULT_LIFE.days, help="how long it lives")

    def handle(self, *args: Any, **options: Any) -> None:
        user = user_by_email(options["user"])
        if user is None:
            raise CommandError(f"There is nobody with the e-mail {options['user']}.")
        try:
            minted = create_token(
                user,
                name=options["name"],
                scopes=_scopes(options["scopes"]),
                life=timedelta(days=options["days"]),
            )
        except TokenProblem as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"A token for {user.email}, until {minted.row.expires_at:%Y-%m-%d}. It is shown only now:"
        )
        self.stdout.write(minted.secret)


def _scopes(text: str | None) -> list[str] | None:
    return None if text is None else [scope.strip() for scope in text.split(",") if scope.strip()]
