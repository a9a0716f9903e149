"""The settings of the OpenAPI document."""

from typing import Any

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Marquee",
    "VERSION": "1",
    "DESCRIPTION": "The event and gig feed. Sign in with `Authorization: Bearer TOKEN` (`POST /tokens`) or a session.",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.http.describing.describe_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventType": "events.models.Event.Type",
        "EventStatus": "events.models.Event.Status",
        "InteractionAction": "interactions.models.Interaction.Action",
        "Category": "events.categories.Category",
    },
}
