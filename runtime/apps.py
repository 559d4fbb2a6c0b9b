"""The Django side of `runtime`: workflows, versions, runs and what drives them."""

from django.apps import AppConfig


class RuntimeConfigApp(AppConfig):
    name = "runtime"
    label = "runtime"
    verbose_name = "Runtime"
    default_auto_field = "django.db.models.BigAutoField"
