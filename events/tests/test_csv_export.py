"""Tests of the export as CSV, and of what the history keeps of bulk changes."""

import csv
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from hypothesis import given
from hypothesis import strategies as st

from api import csv_export
from api.csv_export import _lines, cell_of, csv_of
from events.models import Event, Organiser
from events.tests.factories import EventFactory, OrganiserFactory
from events.tests.staff import chosen, signed_in

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 1, 12, tzinfo=UTC)
LIST = "/admin/events/event/"


@pytest.fixture
def clerk():
    return get_user_model().objects.create_user("clerk", is_staff=True)


def rows_in(answer):
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t'=1"), ("\r=1", "'\r'=1"),
        ("\n=1", "'\n'=1"), ("\ta", "'\ta"), ("＝1", "'＝1"), ("1=1", "1=1"), ("rock - pop", "rock - pop"), ("a\nb", "a\nb"),
        ("a;=1", "a;'=1"), ("a;\u200b =1", "a;'\u200b =1"), ('"=1', "'\"'=1"), ('a"+1', "a\"'+1"), ("a\t-1", "a\t'-1"),
        ("a|@b", "a|'@b"), ("a\n=1", "a\n'=1"), ("\u200b=1", "'\u200b=1"), ("\ufeff=1", "'\ufeff=1"),
        ("\u00a0=1", "'\u00a0=1"), (" =1", "' =1"), ("\u2028=1", "'\u2028'=1"), ("a, b; c", "a, b; c"),
        ("", ""), (None, ""), (-33.5, -33.5), (7, 7), (True, "True"),
        (["a", "b"], "a, b"), (["=a"], "'=a"), (["a", "-b"], "a,' -b"), ([], ""), (START, "2026-05-01T12:00:00Z"),
        (datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2))), "2026-05-01T12:00:00Z"),
    ],
)  # fmt: skip
def test_cells(value, cell):
    assert cell_of(value) == cell


@given(st.lists(st.text("=+-@＝;,|\t\r\n\"' ab\u200b\u00a0\ufeff\u2028", max_size=12), min_size=1, max_size=3))
def test_no_delimiter_and_no_quoting_makes_a_formula_of_a_text(texts):
    line = _lines([[cell_of(text) for text in texts]]).decode()

    for delimiter in ",;\t|":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            rows = csv.reader(StringIO(line, newline=""), delimiter=delimiter, quoting=quoting)
            cells = [cell.strip(' \t\r\n"\u200b\u00a0\ufeff\u2028') for row in rows for cell in row]
            assert [cell for cell in cells if cell.startswith(tuple("=+-@＝"))] == []


@pytest.mark.parametrize("text", ['"' * 20_000, "\u200b" * 20_000, ";\u200b" * 10_000, '";' * 10_000 + "="])
def test_long_texts_are_guarded_in_one_pass(text):
    assert cell_of(text).replace("'", "") == text


def test_rows_come_in_chunks_by_key(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(csv_export, "_CHUNK", 3)
    Organiser.objects.bulk_create([Organiser(name=f"Club {place}") for place in range(7)])

    with django_assert_num_queries(3):
        lines = b"".join(csv_of(Organiser.objects.order_by("-name"), ["name"])).decode("utf-8-sig").splitlines()

    assert lines == ["name", *(f"Club {place}" for place in range(7))]


def test_export_has_every_column(clerk):
    event = EventFactory(
        title='=HYPERLINK("http://evil")', description='Says "hi",\nthen goes', category="music", tags=["a", "b"],
        organiser=OrganiserFactory(name="Café"), latitude=-33.5, longitude=151.0, start_at=START, created_at=START,
    )  # fmt: skip

    answer = signed_in(clerk, "view_event").post(LIST, chosen("export_as_csv", [event]))

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/csv; charset=utf-8", 'attachment; filename="events.csv"',
    )  # fmt: skip
    assert rows_in(answer) == [
        {
            "id": str(event.pk), "title": '\'=HYPERLINK("http://evil")', "description": 'Says "hi",\nthen goes',
            "type": "EVENT", "status": "OPEN", "category": "music", "tags": "a, b",
            "organiser_id": str(event.organiser_id), "organiser__name": "Café", "start_at": "2026-05-01T12:00:00Z",
            "end_at": "", "location_name": "", "latitude": "-33.5", "longitude": "151.0", "url": "", "series": "",
            "external_id": "",
            "created_at": "2026-05-01T12:00:00Z", "interaction_count": "0", "address": "", "time_zone": "", "attendance": "",
            "price_min": "", "price_max": "", "currency": "", "language": "", "minimum_age": "",
        }
    ]  # fmt: skip


def test_export_of_all_that_is_filtered_is_more_than_the_page(clerk):
    Event.objects.bulk_create([Event(title="Jazz", category="music", start_at=START) for _ in range(230)])
    EventFactory(title="Food fair", category="food")

    answer = signed_in(clerk, "view_event").post(
        f"{LIST}?category=music", chosen("export_as_csv", Event.objects.order_by("start_at", "pk")[:1], across=True)
    )

    assert [row["title"] for row in rows_in(answer)] == ["Jazz"] * 230


@pytest.mark.parametrize("model", ["events/organiser", "users/user"])
def test_every_long_list_is_exported_by_who_may_look(clerk, model):
    OrganiserFactory()
    permission = f"view_{model.partition('/')[2]}"

    refused = signed_in(clerk).post(f"/admin/{model}/", chosen("export_as_csv", [clerk], across=True))
    answer = signed_in(clerk, permission).post(f"/admin/{model}/", chosen("export_as_csv", [clerk], across=True))

    assert (refused.status_code, answer.status_code) == (403, 200)
    rows = rows_in(answer)
    assert (len(rows), "password" in rows[0]) == (1, False)


def test_change_of_an_event_is_in_the_history(clerk):
    event = EventFactory(start_at=START)
    form = {
        "title": "Jazz night",
        "type": "EVENT",
        "status": "CANCELLED",
        "start_at_0": "2026-05-01",
        "start_at_1": "12:00",
    }

    signed_in(clerk, "view_event", "change_event").post(f"{LIST}{event.pk}/change/", form)

    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Changed Title and Status."]


def test_deletion_is_in_the_history(clerk):
    event = EventFactory(title="Jazz")

    signed_in(clerk, "view_event", "delete_event").post(LIST, {**chosen("delete_selected", [event]), "post": "yes"})

    assert [(entry.action_flag, entry.object_repr) for entry in LogEntry.objects.all()] == [(3, f"Jazz (#{event.pk})")]
