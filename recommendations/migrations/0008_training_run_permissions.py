"""Rename the content types and permissions of Run and Trait, so that everybody keeps what they were granted.

`migrate` renames content types itself, from signals; it is done here for whoever applies migrations without it.
"""

from collections.abc import Callable
from typing import Any

from django.db import migrations

_OLD = (("run", "run"), ("trait", "trait"))
_NEW = (("trainingrun", "training run"), ("entityfactors", "entity factors"))


def renaming(before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]) -> Callable[[Any, Any], None]:
    def rename(apps: Any, schema_editor: Any) -> None:
        permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="recommendations")
        content_types = apps.get_model("contenttypes", "ContentType").objects.filter(app_label="recommendations")
        for (old, _), (new, words) in zip(before, after, strict=True):
            content_types.filter(model=old).update(model=new)
            for action in ("add", "change", "delete", "view"):
                permissions.filter(codename=f"{action}_{old}").update(
                    codename=f"{action}_{new}", name=f"Can {action} {words}"
                )

    return rename


class Migration(migrations.Migration):

    dependencies = [
        ('recommendations', '0007_training_run'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [migrations.RunPython(renaming(_OLD, _NEW), renaming(_NEW, _OLD))]
