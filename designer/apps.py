from django.apps import AppConfig


class DesignerConfig(AppConfig):
    """The editor application: drafts and publishing."""

    name = "designer"
    default_auto_field = "django.db.models.BigAutoField"
