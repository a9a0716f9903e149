"""Rename the content type and permissions of Allowance, so that everybody keeps what they were granted.

`migrate` renames content types itself, from signals; it is done here for whoever applies migrations without it.
"""

from collections.abc import Callable
from typing import Any

from django.db import migrations


def renaming(old: str, new: str, words: str) -> Callable[[Any, Any], None]:
    def rename(apps: Any, schema_editor: Any) -> None:
        apps.get_model("contenttypes", "ContentType").objects.filter(app_label="users", model=old).update(model=new)
        permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="users")
        for action in ("add", "change", "delete", "view"):
            permissions.filter(codename=f"{action}_{old}").update(
                codename=f"{action}_{new}", name=f"Can {action} {words}"
            )

    return rename


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0014_rate_limit_use"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(
            renaming("allowance", "ratelimituse", "rate limit use"),
            renaming("ratelimituse", "allowance", "allowance"),
        )
    ]
