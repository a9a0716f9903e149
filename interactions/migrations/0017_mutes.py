"""What users muted: organisers, series and categories."""

from pathlib import Path

import api.constraints
import api.text_rules
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0018_event_cancelled_lately'),
        ('interactions', '0016_tally_order'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('series', models.CharField(blank=True, max_length=200, null=True, validators=[api.text_rules.validate_line])),
                ('category', models.CharField(blank=True, max_length=50, null=True, validators=[api.text_rules.validate_line])),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('organiser', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='mutes', to='events.organiser')),
                ('user', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='mutes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'organiser', 'series', 'category'), name='mute_once', nulls_distinct=False), models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func('organiser', 'series', 'category', function='num_nonnulls', output_field=models.IntegerField()), 1), name='mute_has_one_target', violation_error_message='Mute one of these: an organiser, a series or a category.'), models.CheckConstraint(condition=models.Q(('series__regex', '^[\\u0000-\\u0020\\u007F-\\u00A0\\u00AD\\u034F\\u061C\\u115F\\u1160\\u1680\\u17B4\\u17B5\\u180B-\\u180F\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u2800\\u3000\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFFB\\U0001BCA0-\\U0001BCA3\\U0001D173-\\U0001D17A\\U000E0000-\\U000E0FFF]*$'), _negated=True), name='mute_series_not_blank', violation_error_message='series must not be blank.'), models.CheckConstraint(condition=models.Q(('series__regex', '[\\u0000-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069]|^[\\u0000-\\u0020\\u007F-\\u00A0\\u00AD\\u034F\\u061C\\u115F\\u1160\\u1680\\u17B4\\u17B5\\u180B-\\u180F\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u2800\\u3000\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFFB\\U0001BCA0-\\U0001BCA3\\U0001D173-\\U0001D17A\\U000E0000-\\U000E0FFF]+$'), _negated=True), name='mute_valid_texts', violation_error_message='Control characters, ones that change the direction of text, and texts without a visible character cannot be stored: series.'), models.CheckConstraint(condition=api.constraints.IsCanonicalCategory(models.F('category')), name='mute_category_canonical')],
            },
        ),
        migrations.RunSQL((_SQL / "mute_cascades.sql").read_text(), (_SQL / "mute_cascades.reverse.sql").read_text()),
    ]
