"""This file holds the table of allowances, unlogged: it is written often, and worth nothing after a crash."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0001_users'),
    ]

    operations = [
        migrations.CreateModel(
            name='Allowance',
            fields=[
                ('key', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('spent_until', models.DateTimeField(help_text='When everything will be there again; as far ahead of the clock as the spent part takes to come back.')),
            ],
        ),
        migrations.RunSQL("ALTER TABLE users_allowance SET UNLOGGED", "ALTER TABLE users_allowance SET LOGGED"),
    ]
