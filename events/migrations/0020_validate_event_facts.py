"""The rules for the facts of an event hold for every row."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0019_event_facts")]

    operations = [
        ValidateConstraint("event", "event_address_valid_text"),
        ValidateConstraint("event", "event_attendance_known"),
        ValidateConstraint("event", "event_prices_in_order"),
        ValidateConstraint("event", "event_price_has_currency"),
        ValidateConstraint("event", "event_codes_canonical"),
        ValidateConstraint("event", "event_minimum_age_in_range"),
    ]
