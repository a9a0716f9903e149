"""Mark the addresses that users have as verified: they signed in without that until now.

Of a user who has signed up since, an address is there already. Backwards the rows stay: the table goes by a migration
of allauth's.
"""

from django.db import migrations, transaction

_BATCH = 10_000
_VERIFY = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
SELECT id, lower(email), true, true FROM users_user AS account
WHERE id > %s AND id <= %s AND email <> '' AND NOT EXISTS (SELECT FROM account_emailaddress WHERE user_id = account.id)
"""


def verify(apps, schema_editor):
    """Add the rows, so many users at a time."""
    with schema_editor.connection.cursor() as cursor:
        position = 0
        while True:
            cursor.execute(
                "SELECT max(id) FROM (SELECT id FROM users_user WHERE id > %s ORDER BY id LIMIT %s) AS batch",
                [position, _BATCH],
            )
            (last,) = cursor.fetchone()
            if last is None:
                return
            with transaction.atomic(using=schema_editor.connection.alias):
                cursor.execute(_VERIFY, [position, last])
            position = last


class Migration(migrations.Migration):
    # Each batch by itself; broken off, it can be run again.
    atomic = False

    dependencies = [
        ("users", "0015_rate_limit_use_permissions"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(verify, migrations.RunPython.noop)]
