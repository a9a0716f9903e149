"""The view set that all others of the API are."""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import ViewSet

from api.serializers import ParameterSerializer


class StrictViewSet(ViewSet):
    """Views whose addresses take no parameters but in the actions that read them."""

    reading_parameters: Collection[str] = ()

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks, and count the request: one that is refused (401, 403), too, or guessing would be free.

        Django REST framework counts only what is permitted. A request that can't be authenticated is nobody's.
        """
        try:
            super().perform_authentication(request)
        except APIException:
            super().check_throttles(request)
            raise
        super().check_throttles(request)

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the throttles of this request, always the same: they know what is left."""
        return self._throttles

    @cached_property
    def _throttles(self) -> list[BaseThrottle]:
        return list(super().get_throttles())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add what is left of the limits on requests."""
        response = super().finalize_response(request, response, *args, **kwargs)
        for throttle in self._throttles:
            for name, value in getattr(throttle, "headers", dict)().items():
                response[name] = value
        return response

    def check_throttles(self, request: Request) -> None:
        """Do nothing: perform_authentication() has counted the request."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find out who asks, then refuse parameters that nobody would read."""
        super().initial(request, *args, **kwargs)
        if request.query_params and self.action is not None and self.action not in self.reading_parameters:
            ParameterSerializer.read(request)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error: with 401 if the user was deleted after the request had been authenticated.

        Their rows are not there any more, and nothing can refer to them, whatever the view does.
        """
        if isinstance(exc, IntegrityError | ObjectDoesNotExist) and self._is_user_deleted():
            exc = AuthenticationFailed("This account has been deleted.")
        return super().handle_exception(exc)

    def _is_user_deleted(self) -> bool:
        user = self.request.user
        return user.is_authenticated and not get_user_model()._default_manager.filter(pk=user.pk).exists()
