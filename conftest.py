"""What every test may use: hypothesis' profiles, clients of the API and of the admin."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as profiles
from rest_framework.test import APIClient

from events.tests.planner import PLANNER_SETTINGS, Planner, planning_with

_CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
for _name, _examples in (("default", 200), ("long", 5_000)):
    profiles.register_profile(
        _name, max_examples=_examples, print_blob=True, deadline=None, suppress_health_check=_CHECKS
    )
profiles.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def api_of() -> Callable[..., APIClient]:
    """A client of the API that is signed in as a user; without a user it is nobody's."""

    def make(user: object = None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return make


@pytest.fixture
def api_by_token() -> Callable[[str], APIClient]:
    """A client of the API that sends a token."""

    def make(token: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make


@pytest.fixture
def staff(db: None) -> Client:
    """A client that is signed in as a superuser named staff."""
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("staff"))
    return client


@pytest.fixture(params=PLANNER_SETTINGS)
def planner_settings(request: pytest.FixtureRequest, db: None) -> Iterator[Planner]:
    """Run the test once under each of the planner settings; it calls `rows_written()` when it has written its rows."""
    planner = Planner(request.param)
    if not planner.is_supported:
        pytest.skip("This needs PostgreSQL 16 or newer.")
    with planning_with(planner.values):
        yield planner


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash passwords quickly: the real hasher is slow on purpose, and no test is about its strength."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
