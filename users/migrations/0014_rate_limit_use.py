"""Rename Allowance to RateLimitUse in Python; the table keeps its name."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("users", "0013_user_name_trigrams")]

    operations = [
        migrations.AlterModelTable(name="allowance", table="users_allowance"),
        migrations.RenameModel(old_name="Allowance", new_name="RateLimitUse"),
        migrations.AlterModelOptions(name="ratelimituse", options={"verbose_name_plural": "allowances"}),
        migrations.AlterField(
            model_name="ratelimituse",
            name="spent_until",
            field=models.DateTimeField(
                help_text="When everything is available again; as far ahead of the clock as the used part takes to come back."
            ),
        ),
    ]
