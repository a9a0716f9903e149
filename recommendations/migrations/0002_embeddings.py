"""This file holds the table of the sentence vectors of events."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import recommendations.models.embedding
from django.db import migrations, models

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0004_shortlist_indexes'),
        ('recommendations', '0001_feed'),
    ]

    operations = [
        migrations.CreateModel(
            name='EventEmbedding',
            fields=[
                ('event', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='embedding', serialize=False, to='events.event')),
                ('model', models.CharField(help_text='The name of the encoder that made the vector.', max_length=100)),
                ('version', models.CharField(help_text='Its version; vectors of two versions are never compared.', max_length=100)),
                ('text_hash', models.CharField(help_text='SHA-256 of the text that it is of, in hexadecimal.', max_length=64)),
                ('row_versions', models.CharField(blank=True, default='', help_text='Of the rows it was made from: see Note [Row versions].', max_length=100)),
                ('vector', django.contrib.postgres.fields.ArrayField(base_field=recommendations.models.embedding.RealField(), size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['event'], include=('model', 'version', 'row_versions'), name='embedding_versions')],
                'constraints': [models.CheckConstraint(condition=models.Q(('vector__len__gt', 0)), name='embedding_has_dimensions')],
            },
        ),
        migrations.RunSQL((_SQL / "embeddings.sql").read_text(), (_SQL / "embeddings.reverse.sql").read_text()),
    ]
