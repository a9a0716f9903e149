"""Rename Run to TrainingRun and Trait to EntityFactors in Python; tables and columns keep their names."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recommendations', '0006_series'),
    ]

    operations = [
        migrations.AlterModelTable(name='run', table='recommendations_run'),
        migrations.AlterModelTable(name='trait', table='recommendations_trait'),
        migrations.RenameModel(old_name='Run', new_name='TrainingRun'),
        migrations.RenameModel(old_name='Trait', new_name='EntityFactors'),
        migrations.AlterModelOptions(name='entityfactors', options={'verbose_name_plural': 'entity factors'}),
        migrations.AlterField(
            model_name='entityfactors',
            name='deeds',
            field=models.PositiveIntegerField(db_column='deeds', help_text='Distinct pairs of a user and an event.'),
        ),
        migrations.RenameField(model_name='entityfactors', old_name='deeds', new_name='interactions'),
        migrations.AlterField(
            model_name='entityfactors',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='entity_factors', to='recommendations.trainingrun'),
        ),
        migrations.AlterField(
            model_name='entityfactors',
            name='events',
            field=models.PositiveIntegerField(help_text='Events of the entity.'),
        ),
        migrations.AlterField(
            model_name='entityfactors',
            name='people',
            field=models.PositiveIntegerField(help_text='Distinct users with positive interactions.'),
        ),
        migrations.AlterField(
            model_name='entityfactors',
            name='trend',
            field=models.FloatField(help_text='Recent interactions: a sum of weights that halve within a month.'),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='activated_at',
            field=models.DateTimeField(blank=True, db_index=True, help_text='When it was last activated. The run with the latest is active.', null=True),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='cutoff',
            field=models.DateTimeField(help_text='It has learned from interactions before this moment.'),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='fingerprint',
            field=models.CharField(help_text='SHA-256 of the training data, in hexadecimal.', max_length=64),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='metrics',
            field=models.JSONField(help_text='On the latest window, held out from the re-ranker that is measured.'),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='model_sha256',
            field=models.CharField(help_text='Of the model, in hexadecimal.', max_length=64),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='popular',
            field=models.JSONField(default=list, help_text='The events that most people interacted with.'),
        ),
    ]
