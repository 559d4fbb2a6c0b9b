from django.apps import AppConfig


class DesignerConfig(AppConfig):
    """The editor application: drafts and publishing."""

    name = "designer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers how bodies become OpenAPI."""
        from designer.api import openapi  # noqa: F401
