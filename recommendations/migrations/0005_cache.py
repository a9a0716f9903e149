"""This file holds the table of the cache in which listings are kept."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("recommendations", "0004_runs")]

    operations = [migrations.RunSQL((_SQL / "cache.sql").read_text(), (_SQL / "cache.reverse.sql").read_text())]
