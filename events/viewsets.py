"""This file holds the view set that all others of the API are."""

from collections.abc import Collection
from typing import Any

from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from events.strict import ParameterSerializer


class StrictViewSet(ViewSet):
    """Views whose addresses take no parameters but in the actions that read them."""

    reading_parameters: Collection[str] = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find out who asks, then refuse parameters that nobody would read."""
        super().initial(request, *args, **kwargs)
        if request.query_params and self.action is not None and self.action not in self.reading_parameters:
            ParameterSerializer.read(request)
