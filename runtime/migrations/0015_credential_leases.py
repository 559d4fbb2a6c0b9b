"""Who holds a version of a credential, and what its last test and its last refusal told."""

import django.db.models.deletion
import runtime.models.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('runtime', '0014_rotation'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='refused_at',
            field=models.DateTimeField(blank=True, help_text='When what it opens last refused it to a step; null once it was taken.', null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='refused_version',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='test_ok',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='test_reason',
            field=models.TextField(blank=True, default='', help_text='What the last test told; no secret.'),
        ),
        migrations.AddField(
            model_name='credential',
            name='tested_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='credential',
            name='tested_version',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='CredentialLease',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('version', models.PositiveIntegerField()),
                ('node', models.TextField(blank=True, default='', help_text='The step that was given it first.')),
                ('purpose', models.CharField(help_text='run, message or test.', max_length=16)),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField(db_index=True)),
                ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='leases', to='runtime.credential')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='runtime.run')),
            ],
            options={
                'db_table': 'credential_lease',
                'ordering': ['at', 'id'],
                'indexes': [models.Index(fields=['credential', 'version'], name='credential_lease_held')],
            },
        ),
    ]
