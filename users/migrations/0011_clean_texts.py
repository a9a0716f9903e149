"""Users whose texts break the rules are made to follow them, in batches."""

from django.db import migrations

from events.migrations import _texts


def _clean(apps, schema_editor):
    dirty = _texts.invalid(
        "username", "email", "first_name", "last_name", "display_name", arrays=("interests",)
    )
    _texts.clean_rows(apps.get_model("users", "User"), dirty, _clean_user)


def _clean_user(user):
    user.username = _texts.unused(user, "username", _texts.cleaned(user.username) or "user", 150)
    for name in ("first_name", "last_name", "display_name"):
        setattr(user, name, _texts.cleaned(getattr(user, name)))
    email = _texts.cleaned(user.email)
    taken = type(user)._default_manager.exclude(pk=user.pk).filter(email__iexact=email).exists()
    user.email = "" if taken else email
    user.interests = [interest for interest in map(_texts.cleaned, user.interests) if interest]


class Migration(migrations.Migration):
    # Each batch is committed by itself.
    atomic = False
    dependencies = [("users", "0010_text_rules")]

    # What was removed is not kept: going back leaves the texts clean.
    operations = [migrations.RunPython(_clean, migrations.RunPython.noop)]
