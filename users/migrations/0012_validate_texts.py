"""The rules for text hold for every user."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("users", "0011_clean_texts")]

    operations = [ValidateConstraint("user", "user_valid_texts")]
