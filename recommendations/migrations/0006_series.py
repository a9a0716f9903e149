"""This file lets a run learn of series, too: what an organiser calls by the same title."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recommendations', '0005_cache'),
    ]

    operations = [
        migrations.AlterField(
            model_name='trait',
            name='key',
            field=models.CharField(help_text='The id of an event or organiser, of a series organiser and title, else the name.', max_length=200),
        ),
        migrations.AlterField(
            model_name='trait',
            name='kind',
            field=models.CharField(choices=[('event', 'Event'), ('organiser', 'Organiser'), ('series', 'Series'), ('venue', 'Venue'), ('category', 'Category'), ('tag', 'Tag')], max_length=10),
        ),
    ]
