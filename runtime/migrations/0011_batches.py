"""Steps that work in batches: their chunks, samples and gates."""

import django.db.models.deletion
import django.db.models.functions.text
import runtime.models.ids
from django.db import migrations, models

# Records and results are JSON that is read once or twice: packing them costs more than it saves. A chunk's row
# is rewritten twice; free space in its page keeps that in place.
UNPACKED = """
ALTER TABLE batch_chunk
    ALTER COLUMN records SET STORAGE EXTERNAL,
    ALTER COLUMN outputs SET STORAGE EXTERNAL,
    ALTER COLUMN failures SET STORAGE EXTERNAL,
    SET (fillfactor = 70);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_identity'),
        ('runtime', '0010_reveal'),
    ]

    operations = [
        migrations.CreateModel(
            name='BatchStep',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('node', models.TextField(help_text='The path of the step.')),
                ('attempt', models.PositiveIntegerField(default=1)),
                ('spec', models.JSONField(default=dict, help_text='What chunk workers make their work from.')),
                ('epoch', models.PositiveIntegerField(default=0)),
                ('stamp', models.JSONField(blank=True, help_text='What the source was like.', null=True)),
                ('opened_at', models.DateTimeField()),
                ('deadline_at', models.DateTimeField(blank=True, help_text='When the attempt is interrupted.', null=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('is_stopped', models.BooleanField(default=False, help_text='What nobody has begun is skipped.')),
                ('totals', models.JSONField(blank=True, help_text='Of one that has closed.', null=True)),
                ('is_cleared', models.BooleanField(default=False, help_text='Its chunks are deleted.')),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='runtime.run')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
            ],
            options={
                'db_table': 'batch_step',
                'indexes': [models.Index(condition=models.Q(('is_cleared', False)), fields=['opened_at'], name='batch_step_to_clear')],
                'constraints': [models.UniqueConstraint(models.F('run'), django.db.models.functions.text.MD5('node'), name='batch_step_once')],
            },
        ),
        migrations.CreateModel(
            name='BatchChunk',
            fields=[
                ('pk', models.CompositePrimaryKey('batch_id', 'index', blank=True, editable=False, primary_key=True, serialize=False)),
                ('index', models.PositiveIntegerField()),
                ('first', models.PositiveBigIntegerField(help_text='The place of its first record in the source.')),
                ('size', models.PositiveIntegerField()),
                ('records', models.BinaryField(null=True)),
                ('cursor', models.JSONField(blank=True, null=True)),
                ('is_last', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('working', 'Working'), ('done', 'Done')], default='pending', max_length=8)),
                ('owner_id', models.UUIDField(blank=True, help_text='The host that works on it.', null=True)),
                ('worked_by', models.UUIDField(blank=True, help_text='The host that ended it.', null=True)),
                ('claim', models.PositiveIntegerField(default=0)),
                ('deaths', models.PositiveIntegerField(default=0, help_text='Hosts that died with it.')),
                ('submitted_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ok', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('skipped', models.PositiveIntegerField(default=0)),
                ('duration_s', models.FloatField(default=0)),
                ('call_s', models.FloatField(default=0)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('retries', models.PositiveIntegerField(default=0)),
                ('pressure', models.PositiveIntegerField(default=0)),
                ('error', models.JSONField(blank=True, null=True)),
                ('errors', models.BinaryField(help_text='The first failures, without their records.', null=True)),
                ('failures', models.BinaryField(help_text='All of them, with their records.', null=True)),
                ('outputs', models.BinaryField(null=True)),
                ('told', models.JSONField(blank=True, help_text='Log lines, and what it cost.', null=True)),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='runtime.batchstep')),
            ],
            options={
                'db_table': 'batch_chunk',
                'ordering': ['batch_id', 'index'],
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['submitted_at'], name='batch_chunk_pending'), models.Index(condition=models.Q(('status', 'working')), fields=['owner_id'], name='batch_chunk_working')],
            },
        ),
        migrations.CreateModel(
            name='BatchSample',
            fields=[
                ('pk', models.CompositePrimaryKey('batch_id', 'seq', blank=True, editable=False, primary_key=True, serialize=False)),
                ('seq', models.PositiveIntegerField()),
                ('at', models.DateTimeField()),
                ('rate', models.FloatField(help_text='Records a second.')),
                ('size', models.PositiveIntegerField(help_text='Records a batch.')),
                ('concurrency', models.FloatField(help_text='How many batches may be under way.')),
                ('in_flight', models.PositiveIntegerField()),
                ('p95_ms', models.FloatField(null=True)),
                ('done', models.PositiveBigIntegerField()),
                ('failed', models.PositiveBigIntegerField()),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='samples', to='runtime.batchstep')),
            ],
            options={
                'db_table': 'batch_sample',
                'ordering': ['batch_id', 'seq'],
            },
        ),
        migrations.CreateModel(
            name='BatchGate',
            fields=[
                ('batch', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='gate', serialize=False, to='runtime.batchstep')),
                ('due', models.FloatField(default=0)),
            ],
            options={
                'db_table': 'batch_gate',
            },
        ),
        migrations.RunSQL(UNPACKED, migrations.RunSQL.noop),
    ]
