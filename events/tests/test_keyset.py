"""Tests of orders and cursors."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from rest_framework.exceptions import ValidationError

from api.keyset import BY_START, CursorExpired, decode, encode, moment, next_address
from events.models import Event
from events.tests.factories import EventFactory

NOW = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)


def test_cursor_holds_numbers_times_and_lists():
    cursor = encode([1, NOW, ["music"]], scope=("feed", 7))

    number, time, names = decode(cursor, scope=("feed", 7))

    assert (number, moment(time), names) == (1, NOW, ["music"])


@pytest.mark.parametrize("scope", [("feed", 8), ("feed",), ("events", 7), ("feed", None), ("feed", 7, None)])
def test_cursor_of_another_scope_is_refused(scope):
    cursor = encode([1], scope=("feed", 7))

    with pytest.raises(ValidationError):
        decode(cursor, scope=scope)


def test_cursor_of_another_version_has_expired():
    cursor = encode([1], scope=("feed", 7), version=1)

    with pytest.raises(CursorExpired):
        decode(cursor, scope=("feed", 7), version=2)


@pytest.mark.parametrize("cursor", ["", "garbage", ":::", "a:b:c", "\x00", "é", "." * 500])
def test_garbage_is_refused(cursor):
    with pytest.raises(ValidationError):
        decode(cursor, scope=("feed", 7))


def test_next_address_keeps_the_other_parameters():
    address = next_address("/events", {"limit": 2, "category": "a&b", "type": None, "cursor": "old"}, "new")

    assert address == "/events?limit=2&category=a%26b&cursor=new"


@pytest.mark.parametrize("values", [[1], [NOW, -7, "2:3:", ["music", "ü&?"]], [[f"category {n}" for n in range(100)]]])
def test_cursor_stands_in_an_address_as_it_is(values):
    cursor = encode(values, scope=("feed", 7))

    assert quote(cursor, safe="") == cursor
    assert next_address("/events", {}, cursor) == f"/events?cursor={cursor}"


def test_long_list_makes_no_long_cursor():
    names = [f"category {number}" for number in range(100)]

    cursor = encode([names], scope=("feed", 7))

    assert decode(cursor, scope=("feed", 7)) == [names]
    assert len(cursor) < len(str(names)) / 3


@pytest.mark.django_db
def test_order_splits_at_a_position():
    first = EventFactory(start_at=NOW)
    second = EventFactory(start_at=NOW)
    third = EventFactory(start_at=NOW + timedelta(seconds=1))
    here = BY_START.position_of(second)

    assert here == (NOW, second.pk)
    assert list(BY_START.sorted(Event.objects.all())) == [first, second, third]
    assert list(BY_START.after(Event.objects.all(), here)) == [third]
