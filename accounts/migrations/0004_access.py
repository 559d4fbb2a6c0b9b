"""Policies, masks, grants, requests, decisions, levels; parents and ceilings of roles."""

import accounts.models.policies
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# Every workspace that is there already gets the levels and attributes that a new one has.
LEVELS = """
INSERT INTO accounts_securitylevel (id, tenant_id, key, label, rank)
SELECT gen_random_uuid(), t.id, l.key, l.label, l.rank
FROM accounts_tenant t
CROSS JOIN (VALUES ('public', 'Public', 0), ('internal', 'Internal', 1), ('confidential', 'Confidential', 2),
                   ('secret', 'Secret', 3), ('top_secret', 'Top secret', 4)) AS l (key, label, rank)
"""
ATTRIBUTES = """
INSERT INTO accounts_attributedefinition
    (id, tenant_id, name, label, kind, applies_to, description, created_at, updated_at)
SELECT gen_random_uuid(), t.id, a.name, a.label, a.kind, 'user', a.description, now(), now()
FROM accounts_tenant t
CROSS JOIN (VALUES ('clearance', 'Clearance', 'level', 'How secret the things are that somebody may see.'),
                   ('department', 'Department', 'text', ''), ('region', 'Region', 'text', ''))
    AS a (name, label, kind, description)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_audit'),
    ]

    operations = [
        migrations.AddField(
            model_name='role',
            name='ceiling',
            field=models.JSONField(blank=True, help_text='Actions beyond which nothing is allowed to who has it; null: no bound.', null=True),
        ),
        migrations.AddField(
            model_name='role',
            name='parents',
            field=models.ManyToManyField(blank=True, help_text='Roles of the same tenant whose permissions and ceilings it has too.', related_name='children', to='accounts.role'),
        ),
        migrations.AddField(
            model_name='tenant',
            name='decision_sample',
            field=models.FloatField(default=0.0, help_text='The share of allowed decisions that is logged, from 0 to 1. Denials always are.', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)]),
        ),
        migrations.AddField(
            model_name='tenant',
            name='policy_version',
            field=models.BigIntegerField(default=1, help_text='Grows with each change of policies, masks, levels, attributes and roles.'),
        ),
        migrations.AddField(
            model_name='user',
            name='attributes_version',
            field=models.PositiveBigIntegerField(default=1, editable=False, help_text='Counts changes of the attributes.'),
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('resource_type', models.CharField(max_length=60)),
                ('resource_id', models.CharField(max_length=200)),
                ('actions', models.JSONField(default=list)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='accounts.role')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='accounts.tenant')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='grants', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('action', models.CharField(max_length=60)),
                ('resource_type', models.CharField(max_length=60)),
                ('resource_id', models.CharField(max_length=200)),
                ('reason', models.TextField(blank=True, default='')),
                ('status', models.CharField(choices=[('open', 'Open'), ('granted', 'Granted'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn')], default='open', max_length=16)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.TextField(blank=True, default='')),
                ('expires_at', models.DateTimeField(blank=True, help_text='When what was granted ends.', null=True)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_requests', to='accounts.tenant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_requests', to=settings.AUTH_USER_MODEL)),
                ('grant', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.grant')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='MaskingRule',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=120)),
                ('label', models.CharField(max_length=200)),
                ('resource_type', models.CharField(default='*', max_length=60)),
                ('resources', models.JSONField(default=accounts.models.policies.every_resource, help_text='Ids, or * for all.')),
                ('field', models.CharField(help_text='A path such as customers[*].ssn or **.ssn.', max_length=500)),
                ('condition', models.JSONField(blank=True, help_text='Masked where it holds; null: always.', null=True)),
                ('mask_type', models.CharField(max_length=32)),
                ('options', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('shadow', 'Shadow'), ('active', 'Active'), ('disabled', 'Disabled')], default='active', max_length=16)),
                ('revision', models.PositiveIntegerField(default=1, help_text='Counts changes.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='masking_rules', to='accounts.tenant')),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['key'],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=120)),
                ('label', models.CharField(max_length=200)),
                ('effect', models.CharField(choices=[('allow', 'Allow'), ('deny', 'Deny')], max_length=8)),
                ('resource_type', models.CharField(default='*', max_length=60)),
                ('resources', models.JSONField(default=accounts.models.policies.every_resource, help_text='Ids, or * for all.')),
                ('actions', models.JSONField(default=list)),
                ('condition', models.JSONField(blank=True, help_text='A tree of conditions; null: always.', null=True)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('shadow', 'Shadow'), ('active', 'Active'), ('disabled', 'Disabled')], default='draft', max_length=16)),
                ('revision', models.PositiveIntegerField(default=1, help_text='The number of the latest revision.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policies', to='accounts.tenant')),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'policies',
                'ordering': ['key'],
            },
        ),
        migrations.CreateModel(
            name='PolicyRevision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('note', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='accounts.policy')),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.CreateModel(
            name='PolicyTestCase',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('subject', models.JSONField(default=dict, help_text='{roles, attributes, …} of who asks.')),
                ('action', models.CharField(max_length=60)),
                ('resource', models.JSONField(default=dict, help_text='{type, id, attributes, …} of what is asked for.')),
                ('env', models.JSONField(default=dict, help_text='{at, ip, mfa_at}, each of them optional.')),
                ('expected', models.BooleanField(help_text='Whether it is to be allowed.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('policy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='test_cases', to='accounts.policy')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='SecurityLevel',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=60)),
                ('label', models.CharField(max_length=120)),
                ('rank', models.PositiveIntegerField()),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='accounts.tenant')),
            ],
            options={
                'ordering': ['rank'],
            },
        ),
        migrations.CreateModel(
            name='AttributeDefinition',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=63)),
                ('label', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('number', 'Number'), ('boolean', 'Yes or no'), ('level', 'Security level'), ('list_text', 'List of texts'), ('list_number', 'List of numbers'), ('datetime', 'Date and time')], max_length=16)),
                ('applies_to', models.CharField(choices=[('user', 'People'), ('resource', 'Resources')], default='user', max_length=16)),
                ('allowed', models.JSONField(blank=True, help_text='The values that it may have; null: any.', null=True)),
                ('description', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attributes', to='accounts.tenant')),
            ],
            options={
                'ordering': ['applies_to', 'name'],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'applies_to', 'name'), name='attribute_name_once')],
            },
        ),
        migrations.CreateModel(
            name='DecisionLog',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('action', models.CharField(max_length=60)),
                ('resource_type', models.CharField(blank=True, default='', max_length=60)),
                ('resource_id', models.CharField(blank=True, default='', max_length=200)),
                ('allowed', models.BooleanField()),
                ('rule', models.CharField(max_length=60)),
                ('reason', models.TextField(blank=True, default='')),
                ('policies', models.JSONField(default=list, help_text='Keys of the policies that decided.')),
                ('missing', models.JSONField(default=list, help_text='Paths of attributes that were missing.')),
                ('shadow', models.JSONField(default=list, help_text='Keys of shadow policies that say otherwise.')),
                ('via', models.CharField(choices=[('rest', 'REST'), ('socket', 'Socket'), ('task', 'Task'), ('node', 'Node'), ('admin', 'Admin site')], max_length=16)),
                ('request_id', models.CharField(blank=True, default='', max_length=64)),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['tenant', '-at', '-id'], name='decision_newest')],
            },
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(fields=['tenant', 'resource_type', 'resource_id'], name='grant_of_resource'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role__isnull', False), ('user__isnull', True)), models.Q(('role__isnull', True), ('user__isnull', False)), _connector='OR'), name='grant_for_user_or_role'),
        ),
        migrations.AddIndex(
            model_name='accessrequest',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='access_request_newest'),
        ),
        migrations.AddConstraint(
            model_name='accessrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('user', 'action', 'resource_type', 'resource_id'), name='access_request_open_once'),
        ),
        migrations.AddConstraint(
            model_name='maskingrule',
            constraint=models.UniqueConstraint(fields=('tenant', 'key'), name='masking_rule_key_once_per_tenant'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.UniqueConstraint(fields=('tenant', 'key'), name='policy_key_once_per_tenant'),
        ),
        migrations.AddConstraint(
            model_name='policyrevision',
            constraint=models.UniqueConstraint(fields=('policy', 'number'), name='policy_revision_number'),
        ),
        migrations.AddConstraint(
            model_name='policytestcase',
            constraint=models.UniqueConstraint(fields=('policy', 'name'), name='policy_test_case_name'),
        ),
        migrations.AddConstraint(
            model_name='securitylevel',
            constraint=models.UniqueConstraint(fields=('tenant', 'key'), name='level_key_once_per_tenant'),
        ),
        migrations.AddConstraint(
            model_name='securitylevel',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('tenant', 'rank'), name='level_rank_once_per_tenant'),
        ),
        migrations.RunSQL(LEVELS, migrations.RunSQL.noop),
        migrations.RunSQL(ATTRIBUTES, migrations.RunSQL.noop),
    ]
