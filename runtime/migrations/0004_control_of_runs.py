"""Pausing, signals, decisions of operators, places under limits of runs at once, upkeep."""

import django.db.models.deletion
import django.db.models.functions.text
import runtime.models.exact_json
import runtime.models.ids
from django.conf import settings
from django.db import migrations, models


# Runs of before: what holds a place holds it, what ended has had its consequences.
EARLIER_RUNS = """
UPDATE run SET admitted_at = created_at,
    followed_up = status IN ('succeeded', 'failed', 'cancelled'),
    signalled_at = CASE WHEN status = 'waiting' THEN cancel_requested_at END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_alter_role_managers'),
        ('runtime', '0003_partial_runs_and_scopes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MaintenanceJob',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('next_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('failures', models.PositiveIntegerField(default=0, help_text='How often it failed in a row.')),
                ('last_error', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'maintenance_job',
            },
        ),
        migrations.CreateModel(
            name='RunDecision',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('node', models.TextField(help_text='The path of the step.')),
                ('attempt', models.PositiveIntegerField()),
                ('outcome', models.CharField(choices=[('succeeded', 'Succeeded'), ('failed', 'Failed'), ('retry', 'Retry')], max_length=16)),
                ('outputs', runtime.models.exact_json.ExactJSONField(blank=True, null=True)),
                ('comment', models.TextField(blank=True, default='')),
                ('decided_by_name', models.CharField(help_text='Kept when the user is deleted.', max_length=254)),
                ('decided_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'run_decision',
            },
        ),
        migrations.AddField(
            model_name='run',
            name='admitted_at',
            field=models.DateTimeField(blank=True, help_text='Since when it holds a place under the limits of runs at once.', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='concurrency_key',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='run',
            name='followed_up',
            field=models.BooleanField(default=False, help_text='What follows from its end is arranged.'),
        ),
        migrations.AddField(
            model_name='run',
            name='parent_path',
            field=models.TextField(blank=True, default='', help_text='The step of the parent that waits.'),
        ),
        migrations.AddField(
            model_name='run',
            name='parent_run',
            field=models.ForeignKey(blank=True, db_index=False, help_text='Found by the constraint `run_child_once`.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='child_runs', to='runtime.run'),
        ),
        migrations.AddField(
            model_name='run',
            name='pause_requested_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='signalled_at',
            field=models.DateTimeField(blank=True, help_text='Something outside has changed: a host shall look at what waits.', null=True),
        ),
        migrations.AddField(
            model_name='workflow',
            name='concurrency_key',
            field=models.TextField(blank=True, default='', help_text="A template over the run's parameters; empty: no key."),
        ),
        migrations.AddField(
            model_name='workflow',
            name='max_running',
            field=models.PositiveIntegerField(blank=True, help_text='Runs at once; null: any.', null=True),
        ),
        migrations.AddField(
            model_name='workflow',
            name='max_running_per_key',
            field=models.PositiveIntegerField(blank=True, default=1, help_text='Runs at once with the same key; null: any.', null=True),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('admitted_at__isnull', False), ('owner', None), ('status__in', ['queued', 'running'])), fields=['created_at'], name='run_ready'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('admitted_at', None), ('status__in', ['paused', 'queued'])), fields=['tenant', 'workflow', 'concurrency_key', 'created_at'], name='run_unadmitted'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('owner', None), ('status', 'waiting'), ('wake_at__isnull', False)), fields=['wake_at'], name='run_due'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('owner', None), ('signalled_at__isnull', False), ('status__in', ['paused', 'waiting'])), fields=['signalled_at'], name='run_signalled'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('admitted_at__isnull', False), ('status__in', ['paused', 'queued', 'running', 'waiting'])), fields=['tenant', 'workflow', 'concurrency_key'], name='run_places'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('followed_up', False), ('status__in', ['cancelled', 'failed', 'succeeded'])), fields=['finished_at'], name='run_to_follow_up'),
        ),
        migrations.AddField(
            model_name='rundecision',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rundecision',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='runtime.run'),
        ),
        migrations.AddConstraint(
            model_name='rundecision',
            constraint=models.UniqueConstraint(models.F('run'), models.F('attempt'), django.db.models.functions.text.MD5('node'), name='run_decision_once'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(models.F('parent_run'), django.db.models.functions.text.MD5('parent_path'), condition=models.Q(('parent_run__isnull', False)), name='run_child_once'),
        ),
        migrations.RunSQL(EARLIER_RUNS, migrations.RunSQL.noop),
    ]
