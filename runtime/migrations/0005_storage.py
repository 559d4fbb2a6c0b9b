"""What runs store, for how long, and how their inputs are found."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0004_control_of_runs"),
    ]

    operations = []
