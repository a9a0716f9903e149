"""Refusals: what a page says to bad input, an expired cursor or too many requests."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.exceptions import APIException
from rest_framework.settings import api_settings


def with_refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view answer the API's exceptions with a page that says what to do, under their status."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except APIException as error:
            page = render(request, "page/refused.html", {"messages_of": _flat(error.detail)}, status=error.status_code)
            if wait := getattr(error, "wait", None):
                page["Retry-After"] = str(wait)
            return page

    return answer


def _flat(detail: Any, name: str = "") -> list[tuple[str, str]]:
    """Return the messages with the names of their fields; empty where it is of no single field."""
    if isinstance(detail, Mapping):
        whole = api_settings.NON_FIELD_ERRORS_KEY
        return [message for key, part in detail.items() for message in _flat(part, name if key == whole else key)]
    if isinstance(detail, list):
        return [message for part in detail for message in _flat(part, name)]
    return [(name, str(detail))]
