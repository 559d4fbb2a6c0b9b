"""Encrypted credentials, and the one outbox of all notices."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0006_triggers"),
    ]

    operations = []
