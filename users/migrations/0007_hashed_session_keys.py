"""Session keys become their digests, so that nobody is signed out. Backwards, which no digest allows, all sessions end."""

from django.db import migrations

_BATCH = 10_000
# A key has 32 characters, a digest 64: a migration that was interrupted goes on where it stopped.
_HASH = """
    UPDATE users_session SET session_key = encode(sha256(convert_to(session_key, 'UTF8')), 'hex')
    WHERE session_key IN (
        SELECT session_key FROM users_session WHERE length(session_key) < 64 ORDER BY session_key LIMIT %s
    )
"""


def hash_keys(apps, schema_editor):
    """Replace the keys, some thousand rows in each transaction."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_HASH, [_BATCH])
        while cursor.rowcount:
            cursor.execute(_HASH, [_BATCH])


def end_sessions(apps, schema_editor):
    """Delete all sessions: the keys cannot be had back, and a digest must not be taken for a key."""
    apps.get_model("users", "Session").objects.all().delete()


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('users', '0006_wider_session_keys'),
    ]

    operations = [
        migrations.RunPython(hash_keys, end_sessions),
    ]
