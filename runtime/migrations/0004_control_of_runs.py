"""Pausing, signals, decisions of operators, places under concurrency limits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0003_partial_runs_and_scopes"),
    ]

    operations = []
