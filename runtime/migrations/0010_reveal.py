"""Masked values that readers were shown for a while."""

import django.db.models.deletion
import runtime.models.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_access'),
        ('runtime', '0009_classification'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reveal',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('node', models.TextField(help_text='The path of the node, without the numbers of iterations.')),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(help_text='Until then; earlier when the reader hid the values again.')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reveals', to='runtime.run')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'reveal',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['run', 'user', '-expires_at'], name='reveal_of_reader')],
            },
        ),
    ]
