"""Events, organisers and origins that break the rules for text are made to follow them, in batches."""

from django.db import migrations
from django.db.models import Q

from events.migrations import _texts


def _clean(apps, schema_editor):
    event, organiser, origin = (apps.get_model("events", name) for name in ("Event", "Organiser", "Origin"))
    _texts.clean_rows(organiser, _texts.invalid("name", "external_id") | Q(name__regex=_texts.BLANK), _clean_organiser)
    texts = _texts.invalid(
        "title", "description", "category", "location_name", "url", "external_id", arrays=("tags",)
    )
    bad_url = Q(url__isnull=False) & ~Q(url="") & ~Q(url__regex=_texts.WEB_ADDRESS)
    _texts.clean_rows(event, texts | Q(title__regex=_texts.BLANK) | bad_url, _clean_event)
    _texts.clean_rows(origin, _texts.invalid("series"), _clean_origin)


def _clean_organiser(organiser):
    _clean_external_id(organiser)
    organiser.name = _texts.cleaned(organiser.name) or organiser.external_id or "Unnamed organiser"


def _clean_event(event):
    event.title = _texts.cleaned(event.title) or "Untitled event"
    event.description = _texts.cleaned(event.description)
    event.category = event.category and _texts.cleaned(event.category)
    event.tags = [tag for tag in map(_texts.cleaned, event.tags) if tag]
    event.location_name = _texts.cleaned(event.location_name)
    event.url = event.url and _texts.cleaned_url(event.url)
    _clean_external_id(event)


def _clean_origin(origin):
    # Not unique: it is one for all events of a series.
    origin.series = _texts.cleaned_id(origin.series)[:200]


def _clean_external_id(row):
    if row.external_id:
        row.external_id = _texts.unused(row, "external_id", _texts.cleaned_id(row.external_id), 200)


class Migration(migrations.Migration):
    # Each batch is committed by itself.
    atomic = False
    dependencies = [("events", "0007_text_rules")]

    # What was removed is not kept: going back leaves the texts clean.
    operations = [migrations.RunPython(_clean, migrations.RunPython.noop)]
