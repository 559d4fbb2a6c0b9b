from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import signals
        from accounts.permissions import create_permissions

        post_migrate.connect(create_permissions, sender=self, dispatch_uid="accounts.create_permissions")
        signals.connect()
