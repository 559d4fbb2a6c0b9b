"""Schedules, webhooks, and workflows that follow others."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0005_storage"),
    ]

    operations = []
