from django.apps import AppConfig


class DesignerConfig(AppConfig):
    """The editor application: drafts and publishing."""

    name = "designer"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers how bodies become OpenAPI, and that drafts may name credentials."""
        from designer.api import openapi  # noqa: F401
        from designer.queries import drafts_naming
        from runtime.queries.credential_users import also_named_by

        also_named_by(drafts_naming)
