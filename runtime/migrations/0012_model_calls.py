"""What calls of language models took."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_identity'),
        ('runtime', '0011_batches'),
    ]

    operations = [
        migrations.CreateModel(
            name='ModelCall',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('run_id', models.UUIDField(db_index=True)),
                ('node', models.TextField(help_text='The path of the step.')),
                ('model', models.CharField(max_length=200)),
                ('provider', models.CharField(max_length=200)),
                ('tokens_in', models.BigIntegerField(help_text='Null: the provider did not say.', null=True)),
                ('tokens_out', models.BigIntegerField(null=True)),
                ('cost', models.DecimalField(decimal_places=12, help_text='Null: there is no price, or no count of tokens.', max_digits=24, null=True)),
                ('at', models.DateTimeField()),
                ('tenant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant')),
            ],
            options={
                'db_table': 'model_call',
                'indexes': [models.Index(fields=['tenant', 'at'], name='model_call_of_month')],
            },
        ),
    ]
