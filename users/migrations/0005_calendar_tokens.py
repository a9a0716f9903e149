"""This file holds the table of what opens people's feeds as calendars."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0004_personal_ranking'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarToken',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_token', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('digest', models.CharField(help_text='Of the token, which is kept nowhere.', max_length=128, unique=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
    ]
