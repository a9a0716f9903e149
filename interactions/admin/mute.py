"""The admin of mutes, which is read-only."""

from django.contrib import admin

from api.admin import LongListAdmin, ReadOnlyAdmin
from interactions.models import Mute


@admin.register(Mute)
class MuteAdmin(ReadOnlyAdmin[Mute], LongListAdmin[Mute]):
    """What people muted, the last one first."""

    list_display = ("created_at", "user", "organiser", "series", "category")
    list_display_links = ("created_at",)
    list_select_related = ("user", "organiser")
    search_fields = ("=user__username",)
    search_help_text = "Exact username of a user"
    ordering = ("-id",)
    sortable_by = ()
    export_columns = (
        "id", "created_at", "user_id", "user__username", "organiser_id", "organiser__name", "series", "category",
    )  # fmt: skip
