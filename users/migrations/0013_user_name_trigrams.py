"""The index by which the admin finds a part of a name or an e-mail address."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    # An index made while the table is written to.
    atomic = False
    dependencies = [("users", "0012_validate_texts"), ("events", "0010_pg_trgm")]

    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=GinIndex(
                OpClass(Upper("username"), name="gin_trgm_ops"),
                OpClass(Upper("display_name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                name="user_name_trigrams",
            ),
        ),
    ]
