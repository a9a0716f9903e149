"""This file holds the switch that turns personal ranking off."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0003_sessions'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='personal_ranking',
            field=models.BooleanField(db_default=True, default=True, help_text='Off: the feed is by popularity, in the order that everybody has.'),
        ),
    ]
