"""Records of what steps did to data, which never change."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import runtime.models.ids
from django.conf import settings
from django.db import migrations, models


FORBID = """
CREATE TRIGGER lineage_record_append_only BEFORE UPDATE ON lineage_record
    FOR EACH ROW EXECUTE FUNCTION forbid_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_identity'),
        ('runtime', '0012_model_calls'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LineageRecord',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('run_number', models.PositiveBigIntegerField()),
                ('node', models.TextField(help_text='The path of the step.')),
                ('key', models.CharField(help_text="SHA-256 of the step's key: it tracks once.", max_length=64)),
                ('transformation_type', models.CharField(max_length=100)),
                ('source', models.JSONField(default=dict, help_text='{system, table, fields}, as the step states it.')),
                ('target', models.JSONField(default=dict)),
                ('inputs', models.JSONField(default=dict, help_text='{input: shape}, see `runtime.lineage.shapes`.')),
                ('frameworks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('audited', models.BooleanField(help_text='Whether the audit tells of it.')),
                ('created_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(db_constraint=False, db_index=False, help_text='Whom the run ran for.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(db_constraint=False, help_text='May be gone: the record is kept longer than the run.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='runtime.run')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
                ('workflow', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='runtime.workflow')),
            ],
            options={
                'db_table': 'lineage_record',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['tenant', '-created_at', '-id'], name='lineage_newest'), models.Index(fields=['workflow', '-created_at', '-id'], name='lineage_newest_of_workflow'), django.contrib.postgres.indexes.GinIndex(fields=['frameworks'], name='lineage_frameworks')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'key'), name='lineage_once')],
            },
        ),
        migrations.RunSQL(FORBID, 'DROP TRIGGER lineage_record_append_only ON lineage_record'),
    ]
