"""Encrypted credentials, and the one outbox of all notices."""

import django.db.models.deletion
import runtime.models.ids
from django.conf import settings
from django.db import migrations, models

# The steps whose outcome is unknown are few, and are looked for every few seconds.
UNKNOWN_INDEX = """
CREATE INDEX run_event_unknown ON run_event (run_id, seq)
WHERE type = 'node.waiting' AND data ->> 'reason' = 'outcome_unknown'
"""


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_alter_role_managers"),
        ("runtime", "0006_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('type', models.CharField(max_length=32)),
                ('description', models.TextField(blank=True, default='')),
                ('fields', models.JSONField(default=dict, help_text='{field: value} of the fields that are no secret.')),
                ('version', models.PositiveIntegerField(default=1, help_text='The number of the version in force.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credentials', to='accounts.tenant')),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'credential',
                'ordering': ['-updated_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CredentialUse',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'credential_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('used_at', models.DateTimeField()),
                ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='runtime.credential')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='runtime.run')),
                ('used_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'credential_use',
                'ordering': ['-used_at'],
            },
        ),
        migrations.CreateModel(
            name='CredentialVersion',
            fields=[
                ('pk', models.CompositePrimaryKey('credential_id', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('ciphertext', models.BinaryField()),
                ('wrapped_key', models.BinaryField(help_text='The data key, sealed with the master key.')),
                ('master_key_id', models.CharField(help_text='Which master key opens `wrapped_key`.', max_length=32)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='runtime.credential')),
            ],
            options={
                'db_table': 'credential_version',
                'ordering': ['credential_id', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Outbox',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(max_length=300, unique=True)),
                ('event', models.CharField(choices=[('failed', 'A run failed'), ('succeeded', 'A run succeeded'), ('waiting_approval', 'A run waits for an approval'), ('outcome_unknown', "A step's outcome is unknown")], max_length=24)),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('webhook', 'Webhook')], max_length=8)),
                ('address', models.CharField(max_length=2000)),
                ('credential', models.CharField(blank=True, default='', max_length=100)),
                ('payload', models.JSONField(help_text='What is told; never a secret.')),
                ('status', models.CharField(choices=[('pending', 'Waiting to be sent'), ('sent', 'Sent'), ('dead', 'Given up')], default='pending', max_length=8)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('next_at', models.DateTimeField(help_text='Not tried before; while it is tried, when it may be tried again.')),
                ('last_error', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('principal', models.ForeignKey(help_text='In whose name the credential is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='runtime.run')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
                ('workflow', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='runtime.workflow')),
            ],
            options={
                'db_table': 'outbox',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='WorkflowNotice',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveIntegerField()),
                ('event', models.CharField(choices=[('failed', 'A run failed'), ('succeeded', 'A run succeeded'), ('waiting_approval', 'A run waits for an approval'), ('outcome_unknown', "A step's outcome is unknown")], max_length=24)),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('webhook', 'Webhook')], max_length=8)),
                ('address', models.CharField(max_length=2000)),
                ('credential', models.CharField(blank=True, default='', max_length=100)),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='runtime.workflow')),
            ],
            options={
                'db_table': 'workflow_notice',
                'ordering': ['workflow_id', 'position'],
            },
        ),
        migrations.AddIndex(
            model_name='credential',
            index=models.Index(fields=['tenant', '-updated_at', '-id'], name='credential_newest'),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(fields=('tenant', 'name'), name='credential_name_once_per_tenant'),
        ),
        migrations.AddIndex(
            model_name='credentialuse',
            index=models.Index(fields=['credential', '-used_at'], name='credential_use_newest'),
        ),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='outbox_newest'),
        ),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(fields=['workflow', '-created_at', '-id'], name='outbox_newest_of_workflow'),
        ),
        migrations.AddIndex(
            model_name='outbox',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['next_at'], name='outbox_due'),
        ),
        migrations.RunSQL(UNKNOWN_INDEX, "DROP INDEX run_event_unknown"),
    ]
