"""The rules for text, for what is written from now on: 0011 cleans the rows that are there, 0012 validates."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from events.categories import CategoriesField
from api.text_rules import validate_line
from events.migrations import _texts


class Migration(migrations.Migration):
    dependencies = [("users", "0009_marked_demo_users"), ("events", "0006_any_matches")]

    operations = [
        migrations.AlterField(
            "user", "display_name",
            models.CharField(blank=True, default="", max_length=150, validators=[validate_line]),
        ),
        migrations.AlterField(
            "user", "interests",
            CategoriesField(
                base_field=models.CharField(max_length=50, validators=[validate_line]), blank=True, default=list,
                help_text="Categories that come first.", size=None,
            ),
        ),
        AddConstraintNotValid(
            "user",
            _texts.valid_texts(
                "username", "email", "first_name", "last_name", "display_name", arrays=("interests",),
                name="user_valid_texts",
            ),
        ),
    ]  # fmt: skip
