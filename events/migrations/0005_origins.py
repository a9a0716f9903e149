"""This file holds the table of which calendars events are from."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

_SQL = Path(__file__).resolve().parents[1] / "sql"

class Migration(migrations.Migration):

    dependencies = [
        ('events', '0004_shortlist_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Origin',
            fields=[
                ('event', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='origin', serialize=False, to='events.event')),
                ('series', models.CharField(help_text='Made from the UID; one for all occurrences.', max_length=200)),
                ('sequence', models.PositiveIntegerField(default=0, help_text='SEQUENCE: an entry with less of it is older.')),
                ('modified_at', models.DateTimeField(blank=True, help_text='LAST-MODIFIED or DTSTAMP: which entry is older when the sequence is the same.', null=True)),
                ('is_cancelled', models.BooleanField(default=False, help_text='The calendar cancelled it, so the calendar may open it again.')),
            ],
            options={
                'indexes': [models.Index(fields=['series'], name='origin_series')],
            },
        ),
        migrations.RunSQL((_SQL / "origin.sql").read_text(), (_SQL / "origin.reverse.sql").read_text()),
    ]
