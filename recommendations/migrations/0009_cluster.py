"""The incarnation of the database, which clients' cursors name."""

from typing import Any

from django.db import migrations, models

import recommendations.models.cluster


def begin(apps: Any, schema_editor: Any) -> None:
    apps.get_model("recommendations", "Cluster").objects.create(pk=1)


class Migration(migrations.Migration):

    dependencies = [
        ('recommendations', '0008_training_run_permissions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cluster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('incarnation', models.CharField(default=recommendations.models.cluster.new_incarnation, max_length=8)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='cluster_one_row')],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
