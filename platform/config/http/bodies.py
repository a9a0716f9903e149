"""How the OpenAPI document describes what is sent."""

from typing import Any

from drf_spectacular import openapi


class AutoSchema(openapi.AutoSchema):
    """drf-spectacular's, which knows of no body of a DELETE, with it where one is declared."""

    def get_request_serializer(self) -> Any:
        """Return what a body is read by; nothing for a DELETE that declares none."""
        return None if self.method == "DELETE" else super().get_request_serializer()

    def _get_request_body(self, direction: str = "request") -> Any:
        parent: Any = super()
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return parent._get_request_body(direction)
        self.method = "POST"
        try:
            return parent._get_request_body(direction)
        finally:
            self.method = "DELETE"
