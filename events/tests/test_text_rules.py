"""Tests of the rules for text: the same in Python and in the database, and at every door."""

import sys

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from api.text_rules import (
    INVALID,
    WEB_ADDRESS,
    cleaned_line,
    cleaned_text,
    validate_line,
    validate_text,
    validate_web_address,
    without_credentials,
)
from events.models import Event, Organiser
from events.tests.factories import EventFactory, OrganiserFactory

pytestmark = pytest.mark.django_db

GOOD = [
    "Jazz", "👩\u200d👩\u200d👧\u200d👦", "❤\ufe0f", "🏴\U000e0067\U000e0062\U000e007f", "می\u200cخواهم", "שלום\u200f!",
    "مرحبا\u061c", "a\u200eb", "e\u0301", "\u0301", "co\u00adoperate", "日本語\u3000音楽",
]  # fmt: skip
FORBIDDEN = [
    "a\x01", "a\x08b", "\x1b[31mred", "a\x7f", "a\x85b", "a\x9b31m", "a\u202ab", "a\u202eb", "a\u2066b\u2069",
]  # fmt: skip
NOTHING_VISIBLE = [
    " ",
    "\n\t",
    "\u200b",
    "\u200d",
    "\u00a0\u2060",
    "\ufeff",
    "\u3164",
    "\u2800",
    "\ufe0f",
    "\u200f\u061c",
]
BAD_ADDRESSES = [
    "https://user:secret@example.org/", "https://user@example.org", "HTTPS://@example.org", "ftp://example.org/",
    "javascript:alert(1)", "https://example.org\\@evil.example/", "https:///path", "https://a\u200b.example/", "//example.org",
]  # fmt: skip
GOOD_ADDRESSES = [
    "https://example.org", "HTTP://example.org:8080/a@b?c=d@e#f", "https://[::1]/", "https://bücher.example/日本",
]  # fmt: skip


def is_valid(validate, text):
    try:
        validate(text)
    except ValidationError:
        return False
    return True


def matches(pattern, texts):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(t ~ %s ORDER BY n) FROM unnest(%s::text[]) WITH ORDINALITY AS x (t, n)", [pattern, texts]
        )
        return cursor.fetchone()[0]


def test_python_and_the_database_agree_on_every_character():
    # A surrogate is half a character; NUL cannot be sent to the database.
    every = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    inside = [f"a{one}" for one in every]

    assert matches(INVALID, every) == [not is_valid(validate_text, one) for one in every]
    assert matches(INVALID, inside) == [not is_valid(validate_text, one) for one in inside]


@pytest.mark.parametrize("text", GOOD)
def test_letters_marks_and_emoji_are_text(text):
    validate_line(text)

    assert (cleaned_line(text), cleaned_text(f"{text}\n\t{text}")) == (text, f"{text}\n\t{text}")


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", *FORBIDDEN, *NOTHING_VISIBLE])
def test_what_is_no_text_is_refused_and_cleaned(text):
    assert not is_valid(validate_text, text)
    assert cleaned_text(text) == "" or is_valid(validate_text, cleaned_text(text))


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\u2028b", "a\r"])
def test_a_line_is_one_line(text):
    assert (is_valid(validate_text, text), is_valid(validate_line, text)) == (True, False)
    assert is_valid(validate_line, cleaned_line(text))


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_addresses_that_are_refused(url):
    assert (is_valid(validate_web_address, url), matches(WEB_ADDRESS, [url])) == (False, [False])


@pytest.mark.parametrize("url", GOOD_ADDRESSES)
def test_addresses_that_are_taken(url):
    assert (is_valid(validate_web_address, url), matches(WEB_ADDRESS, [url])) == (True, [True])
    assert without_credentials(url) == url
    assert without_credentials(url.replace("://", "://user:p%40ss@")) == url


@pytest.mark.parametrize("text", [*FORBIDDEN, *NOTHING_VISIBLE])
@pytest.mark.parametrize("field", ["title", "description", "category", "location_name", "external_id", "tags"])
def test_database_refuses_in_every_field_of_an_event(field, text):
    event = EventFactory()
    value = [text, "a"] if field == "tags" else text

    # Past all Python of ours, which would strip a category.
    with (
        pytest.raises(IntegrityError, match=r"event_(valid_texts|title_not_blank|category_canonical)"),
        transaction.atomic(),
    ):
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE events_event SET {field} = %s WHERE id = %s", [value, event.pk])


@pytest.mark.parametrize("text", [*FORBIDDEN, *NOTHING_VISIBLE])
@pytest.mark.parametrize("field", ["name", "external_id"])
def test_database_refuses_in_every_field_of_an_organiser(field, text):
    with pytest.raises(IntegrityError, match=r"organiser_(valid_texts|name_not_blank)"), transaction.atomic():
        OrganiserFactory(**{field: text})


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_database_refuses_addresses(url):
    with pytest.raises(IntegrityError, match=r"event_(url_web_address|valid_texts)"), transaction.atomic():
        EventFactory(url=url)


@pytest.mark.parametrize("text", GOOD)
def test_database_takes_text(text):
    EventFactory(
        title=text, description=f"{text}\n\t{text}\r\n", location_name=text, tags=[text], external_id=text,
        organiser=OrganiserFactory(name=text, external_id=text),
    ).full_clean()  # fmt: skip


FORM = {"title": "Jazz", "type": "EVENT", "status": "OPEN", "start_at_0": "2026-05-01", "start_at_1": "12:00"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, text) for field in ("title", "description", "tags", "location_name", "external_id")
          for text in ("a\x1b[31m", "a\u202eb", "a\x9b", "\u200b")),
        *(("url", url) for url in BAD_ADDRESSES[:4]),
    ],
)  # fmt: skip
def test_the_admin_names_the_field_and_writes_nothing(staff, field, value):
    page = staff.post("/admin/events/event/add/", {**FORM, field: value})

    assert (page.status_code, Event.objects.count()) == (200, 0)
    assert list(page.context["adminform"].form.errors) == [field]


def test_the_admin_takes_what_is_text(staff):
    sent = {**FORM, "title": GOOD[1], "description": "a\r\n\tb", "url": GOOD_ADDRESSES[1]}

    assert staff.post("/admin/events/event/add/", sent).status_code == 302
    assert Event.objects.values_list("title", "description", "url").get() == (GOOD[1], "a\r\n\tb", GOOD_ADDRESSES[1])


def test_the_admin_refuses_organisers(staff):
    page = staff.post("/admin/events/organiser/add/", {"name": "Club\u202e", "external_id": "a\x1b"})

    assert list(page.context["adminform"].form.errors) == ["name", "external_id"]
    assert Organiser.objects.count() == 0
