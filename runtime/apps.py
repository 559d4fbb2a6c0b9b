"""The Django side of `runtime`: workflows, versions, runs and what drives them."""

from django.apps import AppConfig


class RuntimeConfigApp(AppConfig):
    name = "runtime"
    label = "runtime"
    verbose_name = "Runtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.pending import count_pending
        from runtime.queries.approvals import count_waiting_for

        count_pending("approvals", count_waiting_for)
