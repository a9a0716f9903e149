"""This file holds the creation of the functions by which constraints know a canonical category."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunSQL((_SQL / "canonical.sql").read_text(), (_SQL / "canonical.reverse.sql").read_text()),
    ]
