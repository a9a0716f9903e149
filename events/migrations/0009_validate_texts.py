"""The rules for text hold for every row."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0008_clean_texts")]

    operations = [
        ValidateConstraint("event", "event_title_not_blank"),
        ValidateConstraint("event", "event_valid_texts"),
        ValidateConstraint("event", "event_url_web_address"),
        ValidateConstraint("organiser", "organiser_name_not_blank"),
        ValidateConstraint("organiser", "organiser_valid_texts"),
        ValidateConstraint("origin", "origin_valid_texts"),
    ]
