"""Room for digests in the column of session keys."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0005_calendar_tokens'),
    ]

    operations = [
        migrations.AlterField(
            model_name='session',
            name='session_key',
            field=models.CharField(help_text='SHA-256 of the key, which only the browser has.', max_length=64, primary_key=True, serialize=False, verbose_name='session key'),
        ),
    ]
