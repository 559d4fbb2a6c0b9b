"""When credentials expire, how they are renewed, and what came of it."""

import django.db.models.deletion
import runtime.models.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_identity'),
        ('runtime', '0013_lineage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='expires_at',
            field=models.DateTimeField(blank=True, help_text='When its values stop working.', null=True),
        ),
        migrations.CreateModel(
            name='RotationPolicy',
            fields=[
                ('credential', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='rotation_policy', serialize=False, to='runtime.credential')),
                ('settings', models.JSONField(help_text='See `runtime.rotation.settings`.')),
                ('next_at', models.DateTimeField(db_index=True)),
                ('last_at', models.DateTimeField(null=True)),
                ('last_status', models.CharField(blank=True, default='', max_length=16)),
                ('last_reason', models.TextField(blank=True, default='')),
                ('principal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
                ('workflow', models.ForeignKey(help_text='That set it up.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runtime.workflow')),
            ],
            options={
                'db_table': 'rotation_policy',
            },
        ),
        migrations.CreateModel(
            name='CredentialRotation',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(help_text='SHA-256 of what asked: it rotates once.', max_length=64)),
                ('from_version', models.PositiveIntegerField()),
                ('to_version', models.PositiveIntegerField(help_text='Stored; in force once `is_in_force`.', null=True)),
                ('is_in_force', models.BooleanField(default=False)),
                ('source', models.CharField(blank=True, default='', max_length=40)),
                ('expires_before', models.DateTimeField(null=True)),
                ('expires_after', models.DateTimeField(null=True)),
                ('status', models.CharField(blank=True, default='', help_text='Empty while under way.', max_length=16)),
                ('result', models.JSONField(help_text='What the step gives; never a secret.', null=True)),
                ('lease_until', models.DateTimeField(help_text='After it somebody else may take over what is under way.')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rotations', to='runtime.credential')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='runtime.run')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
            ],
            options={
                'db_table': 'credential_rotation',
                'ordering': ['-started_at', '-id'],
                'indexes': [models.Index(fields=['credential', '-started_at'], name='rotation_newest')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'key'), name='rotation_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('credential',), name='rotation_one_at_a_time')],
            },
        ),
    ]
