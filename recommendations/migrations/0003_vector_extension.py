"""This file holds the creation of the extension pgvector, where it can be had."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('recommendations', '0002_embeddings'),
    ]

    operations = [
        # Left where it is when this is reversed: others may use it.
        migrations.RunSQL((_SQL / "vector_extension.sql").read_text(), migrations.RunSQL.noop),
    ]
