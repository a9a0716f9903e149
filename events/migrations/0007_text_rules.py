"""The rules for text, for what is written from now on: 0008 cleans the rows that are there, 0009 validates.

In this order, because a row that is written between cleaning and validating must follow the rules already.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.operations import AddConstraintNotValid
from django.core.validators import MaxLengthValidator
from django.db import migrations, models
from django.db.models import Q

from events.categories import CategoryField
from api.text_rules import validate_line, validate_text, validate_web_address
from events.migrations import _texts


def _external_id() -> models.Field:
    return models.CharField(
        blank=True, help_text="Its id where it came from, if it was loaded.", max_length=200, null=True, unique=True,
        validators=[validate_line],
    )  # fmt: skip


_URL = models.CheckConstraint(
    condition=Q(url="") | Q(url__regex=_texts.WEB_ADDRESS),
    name="event_url_web_address",
    violation_error_message="url must be a URL with http or https, without user name and password.",
)


class Migration(migrations.Migration):
    dependencies = [("events", "0006_any_matches")]

    operations = [
        migrations.AlterField(
            "event", "category",
            CategoryField(
                blank=True, help_text="Decides whose interests the event matches.", max_length=50, null=True,
                validators=[validate_line],
            ),
        ),
        migrations.AlterField(
            "event", "description",
            models.TextField(blank=True, default="", validators=[MaxLengthValidator(20_000), validate_text]),
        ),
        migrations.AlterField("event", "external_id", _external_id()),
        migrations.AlterField(
            "event", "location_name",
            models.CharField(blank=True, default="", max_length=200, validators=[validate_line]),
        ),
        migrations.AlterField(
            "event", "tags",
            ArrayField(
                models.CharField(max_length=100, validators=[validate_line]), blank=True, default=list, size=30
            ),
        ),
        migrations.AlterField("event", "title", models.CharField(max_length=200, validators=[validate_line])),
        migrations.AlterField(
            "event", "url",
            models.URLField(
                blank=True, help_text="Where “open” leads.", max_length=500, null=True,
                validators=[validate_web_address],
            ),
        ),
        migrations.AlterField("organiser", "external_id", _external_id()),
        migrations.AlterField(
            "organiser", "name", models.CharField(db_index=True, max_length=200, validators=[validate_line])
        ),
        migrations.RemoveConstraint("event", "event_title_not_blank"),
        migrations.RemoveConstraint("organiser", "organiser_name_not_blank"),
        AddConstraintNotValid("event", _texts.not_blank("title", name="event_title_not_blank")),
        AddConstraintNotValid(
            "event",
            _texts.valid_texts(
                "title", "description", "category", "location_name", "url", "external_id", arrays=("tags",),
                name="event_valid_texts",
            ),
        ),
        AddConstraintNotValid("event", _URL),
        AddConstraintNotValid("organiser", _texts.not_blank("name", name="organiser_name_not_blank")),
        AddConstraintNotValid(
            "organiser", _texts.valid_texts("name", "external_id", name="organiser_valid_texts")
        ),
        AddConstraintNotValid("origin", _texts.valid_texts("series", name="origin_valid_texts")),
    ]  # fmt: skip
