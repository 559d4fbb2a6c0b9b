"""The audit trail, and what the ORM cannot say of it: these rows never change and never go."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

TABLES = ("audit_entry", "audit_seal", "audit_sealed_entry", "audit_key")
FORBID = """
CREATE FUNCTION forbid_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION forbid_audit_change();
CREATE TRIGGER {table}_kept BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_audit_change();
"""
    for table in TABLES
)
ALLOW = "".join(
    f"DROP TRIGGER {table}_kept ON {table}; DROP TRIGGER {table}_append_only ON {table};" for table in TABLES
) + "DROP FUNCTION forbid_audit_change();"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_alter_role_managers'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditKey',
            fields=[
                ('key_id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('public_key', models.BinaryField(max_length=32)),
                ('first_used_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'db_table': 'audit_key',
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('xid', models.BigIntegerField(db_default=django.db.models.expressions.RawSQL('(pg_current_xact_id()::text::bigint)', []), db_index=True, editable=False)),
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor_id', models.UUIDField(null=True)),
                ('actor_email', models.CharField(blank=True, default='', max_length=254)),
                ('via', models.CharField(choices=[('session', 'Signed in'), ('token', 'API token'), ('system', 'Lockgate'), ('anonymous', 'Not signed in')], max_length=10)),
                ('token', models.CharField(blank=True, default='', max_length=140)),
                ('action', models.CharField(max_length=60)),
                ('object_type', models.CharField(blank=True, default='', max_length=40)),
                ('object_id', models.CharField(blank=True, default='', max_length=200)),
                ('object_label', models.CharField(blank=True, default='', max_length=300)),
                ('decision', models.CharField(blank=True, choices=[('', 'Done'), ('allowed', 'Allowed'), ('denied', 'Denied')], default='', max_length=8)),
                ('rule', models.CharField(blank=True, default='', max_length=200)),
                ('reason', models.CharField(blank=True, default='', max_length=1000)),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
                ('request_id', models.CharField(blank=True, default='', max_length=64)),
                ('ip', models.GenericIPAddressField(null=True)),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.tenant')),
            ],
            options={
                'db_table': 'audit_entry',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('size', models.IntegerField()),
                ('total', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
                ('cluster', models.BigIntegerField()),
                ('horizon', models.BigIntegerField()),
                ('upper', models.BigIntegerField()),
                ('root', models.BinaryField(max_length=32)),
                ('previous', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
                ('key_id', models.CharField(max_length=16)),
                ('signature', models.BinaryField(max_length=64)),
                ('tenant', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='accounts.tenant')),
            ],
            options={
                'db_table': 'audit_seal',
                'ordering': ['tenant', 'number'],
            },
        ),
        migrations.CreateModel(
            name='AuditSealedEntry',
            fields=[
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='sealed', serialize=False, to='accounts.auditentry')),
                ('position', models.IntegerField()),
                ('leaf', models.BinaryField(max_length=32)),
                ('seal', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='entries', to='accounts.auditseal')),
            ],
            options={
                'db_table': 'audit_sealed_entry',
            },
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['tenant', 'id'], name='audit_entry_tenant'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['tenant', 'object_type', 'object_id', 'id'], name='audit_entry_object'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['tenant', 'actor_id', 'id'], name='audit_entry_actor'),
        ),
        migrations.AddIndex(
            model_name='auditseal',
            index=models.Index(fields=['cluster', 'horizon'], name='audit_seal_horizon'),
        ),
        migrations.AddConstraint(
            model_name='auditseal',
            constraint=models.UniqueConstraint(fields=('tenant', 'number'), name='audit_seal_number_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='auditsealedentry',
            constraint=models.UniqueConstraint(fields=('seal', 'position'), name='audit_sealed_position_once'),
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
