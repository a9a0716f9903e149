"""The admin of organisers."""

from django.contrib import admin

from api.admin import LongListAdmin
from events.models import Organiser


@admin.register(Organiser)
class OrganiserAdmin(LongListAdmin[Organiser]):
    """Organisers by name."""

    list_display = ("name", "external_id")
    search_fields = ("name", "external_id")
    search_help_text = "Part of the name or of the external id"
    ordering = ("name", "id")
    export_columns = ("id", "name", "external_id")
