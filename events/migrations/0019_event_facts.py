"""Price, attendance, address, time zone, language and minimum age of an event."""

import api.text_rules
import django.core.validators
import events.codes
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from events.migrations import _texts


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0018_event_cancelled_lately'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='address',
            field=models.CharField(blank=True, db_default='', default='', max_length=500, validators=[api.text_rules.validate_line]),
        ),
        migrations.AddField(
            model_name='event',
            name='attendance',
            field=models.CharField(blank=True, choices=[('IN_PERSON', 'In person'), ('ONLINE', 'Online'), ('MIXED', 'In person and online')], max_length=20, null=True),
        ),
        migrations.AddField(
            model_name='event',
            name='currency',
            field=models.CharField(blank=True, help_text="The code of the prices' currency, like EUR.", max_length=3, null=True, validators=[events.codes.validate_currency]),
        ),
        migrations.AddField(
            model_name='event',
            name='language',
            field=models.CharField(blank=True, help_text='The code of the language that is spoken, like pt.', max_length=11, null=True, validators=[events.codes.validate_language]),
        ),
        migrations.AddField(
            model_name='event',
            name='minimum_age',
            field=models.SmallIntegerField(blank=True, help_text='In years; 0 if all ages are welcome.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(120)]),
        ),
        migrations.AddField(
            model_name='event',
            name='price_max',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='The highest price; 0 if it is free.', max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddField(
            model_name='event',
            name='price_min',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='The lowest price; 0 if some get in free.', max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)]),
        ),
        migrations.AddField(
            model_name='event',
            name='time_zone',
            field=models.CharField(blank=True, help_text='Where it takes place, like Europe/Lisbon: its times are shown in this zone.', max_length=64, null=True, validators=[events.codes.validate_time_zone]),
        ),
        # Not validated while nobody can write to the table: see 0020.
        AddConstraintNotValid('event', _texts.valid_texts('address', name='event_address_valid_text')),
        AddConstraintNotValid(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('attendance__in', ['IN_PERSON', 'ONLINE', 'MIXED'])), name='event_attendance_known'),
        ),
        AddConstraintNotValid(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('price_min__isnull', True), ('price_min__gte', 0), _connector='OR'), models.Q(('price_max__isnull', True), ('price_max__gte', 0), _connector='OR'), models.Q(('price_min__isnull', True), ('price_max__isnull', True), ('price_max__gte', models.F('price_min')), _connector='OR')), name='event_prices_in_order', violation_error_message='The highest price must not be below the lowest, and neither below 0.'),
        ),
        AddConstraintNotValid(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', True), ('price_min__isnull', False), ('price_max__isnull', False), _connector='OR'), models.Q(('currency__isnull', False), ('price_min__isnull', True), ('price_min', 0), _connector='OR'), models.Q(('currency__isnull', False), ('price_max__isnull', True), ('price_max', 0), _connector='OR')), name='event_price_has_currency', violation_error_message='Give the currency of a price above 0, and no currency without a price.'),
        ),
        AddConstraintNotValid(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', True), ('currency__regex', '^[A-Z]{3}$'), _connector='OR'), models.Q(('language__isnull', True), ('language__regex', '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'), _connector='OR'), models.Q(('time_zone__isnull', True), ('time_zone__regex', '^[A-Za-z][A-Za-z0-9_+\\-]*(/[A-Za-z0-9_+\\-]+)*$'), _connector='OR')), name='event_codes_canonical', violation_error_message='Write codes like EUR, pt-BR and Europe/Lisbon.'),
        ),
        AddConstraintNotValid(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('minimum_age__isnull', True), ('minimum_age__range', (0, 120)), _connector='OR'), name='event_minimum_age_in_range', violation_error_message='The minimum age must be 0 to 120.'),
        ),
    ]
