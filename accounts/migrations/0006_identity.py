"""Sessions with their person, and sign-in by a workspace's provider of identities."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_console'),
    ]

    operations = [
        migrations.CreateModel(
            name='IdentityProvider',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=60)),
                ('label', models.CharField(max_length=120)),
                ('issuer', models.CharField(max_length=500)),
                ('client_id', models.CharField(max_length=300)),
                ('secret_ciphertext', models.BinaryField(null=True)),
                ('secret_wrapped_key', models.BinaryField(null=True)),
                ('secret_key_id', models.CharField(blank=True, default='', editable=False, max_length=32)),
                ('scopes', models.JSONField(default=list)),
                ('mapping', models.JSONField(default=list)),
                ('creates_people', models.BooleanField(default=False, help_text='Whether somebody who is not known yet becomes a person of the workspace.')),
                ('links_by_email', models.BooleanField(default=False, help_text='Whether a verified address is taken for the person who has it here.')),
                ('enabled', models.BooleanField(default=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identity_providers', to='accounts.tenant')),
            ],
            options={
                'db_table': 'identity_provider',
                'ordering': ['label', 'id'],
            },
        ),
        migrations.CreateModel(
            name='IdentityLink',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('subject', models.CharField(max_length=255)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('used_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identity_links', to=settings.AUTH_USER_MODEL)),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='accounts.identityprovider')),
            ],
            options={
                'db_table': 'identity_link',
            },
        ),
        migrations.CreateModel(
            name='AuthSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('ip', models.GenericIPAddressField(blank=True, null=True)),
                ('agent', models.CharField(blank=True, default='', help_text='What the browser calls itself.', max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('seen_at', models.DateTimeField(auto_now_add=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'auth_session',
                'ordering': ['-seen_at'],
                'indexes': [models.Index(fields=['user', '-seen_at'], name='auth_session_of_user')],
            },
        ),
        migrations.AddConstraint(
            model_name='identityprovider',
            constraint=models.UniqueConstraint(fields=('tenant', 'key'), name='identity_provider_key_once'),
        ),
        migrations.AddConstraint(
            model_name='identitylink',
            constraint=models.UniqueConstraint(fields=('provider', 'subject'), name='identity_link_subject_once'),
        ),
        migrations.AddConstraint(
            model_name='identitylink',
            constraint=models.UniqueConstraint(fields=('provider', 'user'), name='identity_link_person_once'),
        ),
    ]
