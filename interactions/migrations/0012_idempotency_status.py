"""The status of answers to requests that may be repeated: until now it was always 201."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interactions", "0011_own_standing")]

    operations = [
        migrations.AddField(
            model_name="idempotencykey",
            name="status",
            field=models.PositiveSmallIntegerField(db_default=201, help_text="The HTTP status that came with it."),
        ),
    ]
