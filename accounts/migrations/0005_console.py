"""Drafts and approval of policies, addresses of decisions, a fresh second factor, invitations."""

import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_access'),
    ]

    operations = [
        migrations.AddField(
            model_name='decisionlog',
            name='ip',
            field=models.GenericIPAddressField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='policy',
            name='approved_at',
            field=models.DateTimeField(blank=True, help_text='Of exactly the draft, or without one of the revision, that is there.', null=True),
        ),
        migrations.AddField(
            model_name='policy',
            name='approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='policy',
            name='draft',
            field=models.JSONField(blank=True, help_text='What the next revision is to say; null: nothing is being changed.', null=True),
        ),
        migrations.AddField(
            model_name='policy',
            name='draft_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='policy',
            name='draft_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='policy',
            name='draft_version',
            field=models.PositiveIntegerField(default=0, help_text='Counts changes of the draft, and of its being there.'),
        ),
        migrations.AddField(
            model_name='tenant',
            name='approve_policies',
            field=models.BooleanField(default=False, help_text='Whether a second person has to approve what is set in force.'),
        ),
        migrations.AddField(
            model_name='tenant',
            name='step_up',
            field=models.BooleanField(default=False, help_text='Whether secrets and changes of policies ask for a fresh second factor.'),
        ),
        migrations.AddField(
            model_name='tenant',
            name='step_up_minutes',
            field=models.PositiveIntegerField(default=10, help_text='For how long a second factor counts as fresh.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)]),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('token_hash', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('roles', models.ManyToManyField(blank=True, related_name='+', to='accounts.role')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='accounts.tenant')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None)), fields=('tenant', 'email'), name='invitation_open_once')],
            },
        ),
    ]
