"""Tests of parameters that are read again and again."""

from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.http import QueryDict
from rest_framework.exceptions import ValidationError

from api.serializers import PageParameters


def read(written):
    return PageParameters.read(
        SimpleNamespace(META={"QUERY_STRING": written}, query_params=QueryDict(written.encode()))
    )


def test_what_is_made_of_parameters_is_not_shared_by_those_who_send_them():
    first = read("limit=7")
    first["limit"] = 100

    assert read("limit=7") == {"limit": 7}


@pytest.mark.parametrize("written", ["limit=0", "limit=7&limit=7", "limit=", "unknown=1", "cursor=" + "c" * 2_001])
def test_wrong_parameters_are_refused_each_time(written):
    for _ in range(2):
        with pytest.raises(ValidationError):
            read(written)


@pytest.mark.parametrize("cursor", ["ü", quote("ü"), "ü" * 200])
def test_parameters_are_read_the_same_however_they_are_written(cursor):
    assert read(f"limit=7&cursor={cursor}") == {"limit": 7, "cursor": cursor.replace(quote("ü"), "ü")}
