"""Runs of a part of a graph, copies of earlier results, and events found by the scope that they are in."""

import django.db.models.deletion
from django.db import migrations, models

# What happens inside containers lies under a path, `loop/3/score`; its scope is `loop/3`. Hashes, because a
# path may be longer than an entry of an index. Events of nodes outside containers are not in it and cost
# nothing. `runtime.story` asks by the same expressions.
SCOPE_INDEX = """
CREATE INDEX run_event_scope ON run_event (
    run_id,
    hashtextextended(left(node, -strpos(reverse(node), '/')), 0),
    hashtextextended(node, 0)
) WHERE strpos(node, '/') > 0
"""


class Migration(migrations.Migration):

    dependencies = [
        ('runtime', '0002_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='mode',
            field=models.CharField(choices=[('full', 'Full'), ('failed', 'Failed'), ('to_node', 'To a node'), ('from_node', 'From a node'), ('single', 'One node')], default='full', max_length=16),
        ),
        migrations.AddField(
            model_name='run',
            name='node',
            field=models.TextField(blank=True, help_text='The node that the mode names.', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='part',
            field=models.CharField(default='full', help_text='What the engine selects by `node`.', max_length=16),
        ),
        migrations.AddField(
            model_name='run',
            name='prior',
            field=models.JSONField(default=dict, help_text='{run id: {node: seq of the event that is copied}}.'),
        ),
        migrations.AddField(
            model_name='run',
            name='selected',
            field=models.JSONField(blank=True, help_text='Ids of the nodes that take part; null: all.', null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='settings',
            field=models.JSONField(default=dict, help_text='Runtime parameters of this run alone.'),
        ),
        migrations.AddField(
            model_name='run',
            name='source_run',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='runtime.run'),
        ),
        migrations.AddField(
            model_name='run',
            name='sub_versions',
            field=models.JSONField(default=dict, help_text='{workflow@rule: {version, number, name}}, as resolved when the run began.'),
        ),
        migrations.RunSQL(SCOPE_INDEX, "DROP INDEX run_event_scope"),
    ]
