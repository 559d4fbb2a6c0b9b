"""Questions to people, and their answers."""

import django.db.models.deletion
import runtime.models.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_alter_role_managers'),
        ('runtime', '0007_credentials_and_outbox'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('node', models.TextField(help_text='The path of the step.')),
                ('key', models.CharField(help_text="SHA-256 of the step's key: it asks once, however often it starts.", max_length=64, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('message', models.TextField(blank=True, default='')),
                ('roles', models.JSONField(default=list, help_text='Keys of roles that may act.')),
                ('users', models.JSONField(default=list, help_text='E-mail addresses in lower case of people who may act.')),
                ('required', models.PositiveSmallIntegerField(default=1, help_text='So many people have to approve.')),
                ('allow_requester', models.BooleanField(default=False)),
                ('needs_comment', models.BooleanField(default=False)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('approved', 'Approved'), ('rejected', 'Rejected'), ('expired', 'Expired'), ('cancelled', 'Cancelled')], default='pending', max_length=16)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='runtime.run')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='accounts.tenant')),
            ],
            options={
                'db_table': 'approval',
                'ordering': ['-created_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ApprovalVote',
            fields=[
                ('id', models.UUIDField(default=runtime.models.ids.time_ordered_id, editable=False, primary_key=True, serialize=False)),
                ('user_name', models.CharField(help_text='The e-mail address, kept when the user is deleted.', max_length=254)),
                ('decision', models.CharField(choices=[('approve', 'Approve'), ('reject', 'Reject')], max_length=16)),
                ('comment', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('approval', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='runtime.approval')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'approval_vote',
                'ordering': ['at', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['tenant', '-created_at', '-id'], name='approval_newest'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['tenant', '-created_at'], name='approval_pending'),
        ),
        migrations.AddConstraint(
            model_name='approvalvote',
            constraint=models.UniqueConstraint(fields=('approval', 'user'), name='approval_vote_once'),
        ),
    ]
