"""Schedules, webhooks, and workflows that follow others."""

import django.db.models.deletion
import runtime.models.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_alter_role_managers'),
        ('runtime', '0005_storage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkflowTrigger',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('schedule', 'Schedule'), ('webhook', 'Webhook'), ('workflow', 'Workflow')], max_length=16)),
                ('name', models.CharField(max_length=200)),
                ('enabled', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(blank=True, help_text='Null: the latest published one.', null=True)),
                ('inputs', models.JSONField(blank=True, help_text="{parameter: expression}; null: what has the parameter's name.", null=True)),
                ('concurrency_key', models.TextField(blank=True, default='', help_text='An expression; empty: no key.')),
                ('config', models.JSONField(default=dict, help_text='What its kind needs, see `runtime.triggers.configs`.')),
                ('next_at', models.DateTimeField(blank=True, help_text='When a schedule fires next.', null=True)),
                ('address_number', models.PositiveIntegerField(default=1, help_text='Counts addresses of a webhook.')),
                ('address_digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('test_digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('last_fired_at', models.DateTimeField(blank=True, null=True)),
                ('last_problem', models.JSONField(blank=True, help_text='{code, message, at} of the last firing.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run_as', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(blank=True, help_text='The workflow that one of the kind `workflow` follows.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='runtime.workflow')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='triggers', to='accounts.tenant')),
                ('workflow', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='triggers', to='runtime.workflow')),
            ],
            options={
                'db_table': 'workflow_trigger',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.AlterField(
            model_name='run',
            name='trigger',
            field=models.CharField(choices=[('manual', 'Manual'), ('schedule', 'Schedule'), ('webhook', 'Webhook'), ('api', 'API'), ('workflow', 'Another workflow')], default='manual', max_length=16),
        ),
        migrations.CreateModel(
            name='WebhookListener',
            fields=[
                ('trigger', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='listener', serialize=False, to='runtime.workflowtrigger')),
                ('until', models.DateTimeField()),
                ('received', models.JSONField(blank=True, help_text='{at, method, problem, run: {id, number} | null} of the last call.', null=True)),
            ],
            options={
                'db_table': 'webhook_listener',
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.CharField(blank=True, help_text="The sender's id of the delivery, where one is asked.", max_length=200, null=True)),
                ('created_at', models.DateTimeField()),
                ('method', models.CharField(max_length=8)),
                ('bytes', models.PositiveIntegerField()),
                ('outcome', models.CharField(choices=[('accepted', 'Accepted'), ('refused', 'Refused')], max_length=16)),
                ('status', models.PositiveSmallIntegerField(help_text='Of the HTTP answer at once.')),
                ('reason', models.CharField(blank=True, default='', max_length=60)),
                ('message', models.TextField(blank=True, default='')),
                ('replays', models.PositiveIntegerField(default=0, help_text='How often the same delivery came again.')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runtime.run')),
                ('trigger', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='runtime.workflowtrigger')),
            ],
            options={
                'db_table': 'webhook_delivery',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='TriggerFire',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('cause', models.CharField(choices=[('schedule', 'Schedule'), ('person', 'Person'), ('run', 'Run')], max_length=16)),
                ('fire_at', models.DateTimeField(help_text='The time of the schedule, or of the end that is followed.')),
                ('created_at', models.DateTimeField(help_text='When it was acted on.')),
                ('outcome', models.CharField(choices=[('started', 'Started'), ('skipped', 'Skipped'), ('refused', 'Refused')], max_length=16)),
                ('reason', models.CharField(blank=True, default='', max_length=60)),
                ('message', models.TextField(blank=True, default='')),
                ('missed', models.PositiveIntegerField(default=0, help_text='Earlier times that this one stands for.')),
                ('depth', models.PositiveSmallIntegerField(default=0, help_text='How many runs stand before it in a chain.')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runtime.run')),
                ('source_run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runtime.run')),
                ('trigger', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='fires', to='runtime.workflowtrigger')),
            ],
            options={
                'db_table': 'trigger_fire',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.AddField(
            model_name='run',
            name='trigger_ref',
            field=models.ForeignKey(blank=True, db_column='trigger_id', db_index=False, help_text='The trigger that started it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='runs', to='runtime.workflowtrigger'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('trigger_ref__isnull', False)), fields=['trigger_ref', '-created_at'], name='run_newest_of_trigger'),
        ),
        migrations.AddField(
            model_name='webhooklistener',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='workflowtrigger',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='trigger_newest'),
        ),
        migrations.AddIndex(
            model_name='workflowtrigger',
            index=models.Index(condition=models.Q(('enabled', True), ('next_at__isnull', False)), fields=['next_at'], name='trigger_due'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['trigger', '-created_at', '-id'], name='webhook_delivery_newest'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('trigger', 'key'), name='webhook_delivery_once'),
        ),
        migrations.AddIndex(
            model_name='triggerfire',
            index=models.Index(fields=['trigger', '-created_at', '-id'], name='trigger_fire_newest'),
        ),
        migrations.AddConstraint(
            model_name='triggerfire',
            constraint=models.UniqueConstraint(condition=models.Q(('cause', 'schedule')), fields=('trigger', 'fire_at'), name='trigger_fire_once'),
        ),
        migrations.AddConstraint(
            model_name='triggerfire',
            constraint=models.UniqueConstraint(fields=('trigger', 'source_run'), name='trigger_follow_once'),
        ),
    ]
