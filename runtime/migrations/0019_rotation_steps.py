
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_identity'),
        ('runtime', '0018_data_views'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='credentialrotation',
            name='holder',
            field=models.CharField(blank=True, default='', help_text='Whose lease it is.', max_length=32),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='reference',
            field=models.CharField(blank=True, default='', help_text='What the place calls the new value.', max_length=200),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='retire_at',
            field=models.DateTimeField(help_text='From when on the former value may be ended.', null=True),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='retired_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='settings',
            field=models.JSONField(help_text='By which it is gone on with after a crash.', null=True),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='step',
            field=models.CharField(blank=True, default='', help_text='The last that is done.', max_length=8),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='steps',
            field=models.JSONField(default=list, help_text='[{step, at, note}]; never a secret.'),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='strategy',
            field=models.CharField(blank=True, default='', max_length=12),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='undoing',
            field=models.TextField(blank=True, default='', help_text='Why it is taken back.'),
        ),
        migrations.AddField(
            model_name='credentialrotation',
            name='workflow',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runtime.workflow'),
        ),
        migrations.AddField(
            model_name='credentialversion',
            name='fields',
            field=models.JSONField(help_text="The open fields of this version; null: the credential's own.", null=True),
        ),
        migrations.AlterField(
            model_name='rotationpolicy',
            name='next_at',
            field=models.DateTimeField(db_index=True, help_text='Null: when somebody asks for it.', null=True),
        ),
        migrations.AddIndex(
            model_name='credentialrotation',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['lease_until'], name='rotation_under_way'),
        ),
        migrations.AddIndex(
            model_name='credentialrotation',
            index=models.Index(condition=models.Q(('retire_at__isnull', False), ('retired_at', None)), fields=['retire_at'], name='rotation_to_retire'),
        ),
    ]
