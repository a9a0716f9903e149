"""The mark of demo accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0007_hashed_session_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='is_demo',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Made by load_demo, with a known password: cannot sign in while DEBUG is off.'),
        ),
    ]
