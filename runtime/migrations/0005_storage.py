"""What runs store, for how long, and how their inputs are found."""

import django.db.models.deletion
from django.db import migrations, models

# Of runs from before: which large values their events name, and how much each of them stores.
EARLIER_USES = """
INSERT INTO blob_use (run_id, hash, tenant_id)
SELECT DISTINCT r.id, b.hash, r.tenant_id
FROM run_event e
JOIN run r ON r.id = e.run_id
CROSS JOIN LATERAL regexp_matches(
    convert_from(e.payload, 'UTF8'), '\\{"blob": "([0-9a-f]{64})", "bytes": ', 'g') AS found(groups)
JOIN blob b ON b.tenant_id = r.tenant_id AND b.hash = found.groups[1]
WHERE e.payload IS NOT NULL
"""
EARLIER_SIZES = """
UPDATE run r SET
    event_bytes = coalesce((
        SELECT sum(64 + octet_length(e.data::text) + coalesce(octet_length(e.payload), 0))
        FROM run_event e WHERE e.run_id = r.id), 0),
    log_bytes = coalesce((
        SELECT sum(64 + octet_length(l.text)) FROM run_log l WHERE l.run_id = r.id), 0),
    value_bytes = coalesce((
        SELECT sum(b.size) FROM blob_use u
        JOIN blob b ON b.tenant_id = u.tenant_id AND b.hash = u.hash WHERE u.run_id = r.id), 0)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('runtime', '0004_control_of_runs'),
    ]

    operations = [
        migrations.CreateModel(
            name='BlobUse',
            fields=[
                ('pk', models.CompositePrimaryKey('run_id', 'hash', blank=True, editable=False, primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
                ('run', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='runtime.run')),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
            ],
            options={
                'db_table': 'blob_use',
            },
        ),
        migrations.CreateModel(
            name='FreedStorage',
            fields=[
                ('workflow', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='freed', serialize=False, to='runtime.workflow')),
                ('bytes', models.BigIntegerField(default=0)),
                ('runs', models.BigIntegerField(default=0)),
                ('at', models.DateTimeField(help_text='When it last deleted something.')),
            ],
            options={
                'db_table': 'freed_storage',
            },
        ),
        migrations.CreateModel(
            name='RunInput',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('name', models.TextField(help_text='Where in the parameters, such as `customer.id`.')),
                ('value', models.CharField(max_length=200)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inputs', to='runtime.run')),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
            ],
            options={
                'db_table': 'run_input',
            },
        ),
        migrations.CreateModel(
            name='RunTally',
            fields=[
                ('pk', models.CompositePrimaryKey('trigger', 'status', 'upto_s', blank=True, editable=False, primary_key=True, serialize=False)),
                ('trigger', models.CharField(max_length=16)),
                ('status', models.CharField(max_length=16)),
                ('upto_s', models.FloatField(help_text='Seconds from its creation to its end: at most so many.')),
                ('runs', models.BigIntegerField(default=0)),
                ('seconds', models.FloatField(default=0)),
            ],
            options={
                'db_table': 'run_tally',
            },
        ),
        migrations.AddField(
            model_name='host',
            name='counters',
            field=models.JSONField(db_default={}, default=dict, help_text='What it has counted, for the metrics.'),
        ),
        migrations.AddField(
            model_name='host',
            name='driving',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Runs that it drove at the last beat.'),
        ),
        migrations.AddField(
            model_name='host',
            name='sandbox',
            field=models.TextField(db_default='', default='', help_text='`isolated`, or why code is refused there.'),
        ),
        migrations.AddField(
            model_name='run',
            name='event_bytes',
            field=models.BigIntegerField(db_default=0, default=0, help_text='Events, with the small values in them.'),
        ),
        migrations.AddField(
            model_name='run',
            name='log_bytes',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='run',
            name='value_bytes',
            field=models.BigIntegerField(db_default=0, default=0, help_text='Large values, each counted once.'),
        ),
        migrations.AddField(
            model_name='workflow',
            name='keep_days',
            field=models.PositiveIntegerField(blank=True, help_text="Ended runs are kept so long; 0: for ever; null: the operator's.", null=True),
        ),
        migrations.AddField(
            model_name='workflow',
            name='keep_runs',
            field=models.PositiveIntegerField(blank=True, help_text='Of ended runs only the newest are kept; null: all.', null=True),
        ),
        migrations.AddField(
            model_name='workflow',
            name='max_stored_mb',
            field=models.PositiveIntegerField(blank=True, help_text="What all runs may store; null: the operator's.", null=True),
        ),
        migrations.AlterField(
            model_name='blob',
            name='created_at',
            field=models.DateTimeField(help_text='When an event last named it, to within ten minutes.'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(condition=models.Q(('finished_at__isnull', False)), fields=['workflow', 'finished_at'], name='run_ended'),
        ),
        migrations.AddIndex(
            model_name='blobuse',
            index=models.Index(fields=['tenant', 'hash'], name='blob_use_of_value'),
        ),
        migrations.AddIndex(
            model_name='runinput',
            index=models.Index(fields=['tenant', 'value', 'run'], name='run_input_value'),
        ),
        migrations.RunSQL(EARLIER_USES, migrations.RunSQL.noop),
        migrations.RunSQL(EARLIER_SIZES, migrations.RunSQL.noop),
    ]
