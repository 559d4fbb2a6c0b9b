"""Questions to people, and their answers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("runtime", "0007_credentials_and_outbox"),
    ]

    operations = []
