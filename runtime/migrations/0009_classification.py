"""What policies may know of workflows, datasets and credentials."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('runtime', '0008_approvals'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='classification',
            field=models.CharField(blank=True, db_default='internal', default='internal', help_text='Key of a security level.', max_length=60),
        ),
        migrations.AddField(
            model_name='credential',
            name='department',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='credential',
            name='region',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='credential',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='dataset',
            name='classification',
            field=models.CharField(blank=True, db_default='internal', default='internal', help_text='Key of a security level.', max_length=60),
        ),
        migrations.AddField(
            model_name='dataset',
            name='department',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='dataset',
            name='region',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='dataset',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='workflow',
            name='classification',
            field=models.CharField(blank=True, db_default='internal', default='internal', help_text='Key of a security level.', max_length=60),
        ),
        migrations.AddField(
            model_name='workflow',
            name='department',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='workflow',
            name='region',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='workflow',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, db_default=[], default=list, size=None),
        ),
    ]
