"""Tests of the facts of an event in the admin."""

import pytest

from events.models import Event
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/events/event/"


@pytest.fixture
def staff(admin_client):
    return admin_client


def posted(client, event, **values):
    url = f"{LIST}{event.pk}/change/"
    form = client.get(url).context["adminform"].form
    initial = {name: form[name].value() for name in form.fields}
    data = {
        name: "" if value is None else value for name, value in initial.items() if name not in ("start_at", "end_at")
    }
    data["tags"] = ""
    data |= {
        "start_at_0": f"{event.start_at:%Y-%m-%d}",
        "start_at_1": f"{event.start_at:%H:%M:%S}",
        "end_at_0": "",
        "end_at_1": "",
    }
    return client.post(url, data | values)


def test_codes_are_stored_in_their_usual_form(staff):
    event = EventFactory()

    answer = posted(
        staff, event, time_zone="europe/lisbon", currency="eur", language="PT-br", price_min="0", price_max="12.5"
    )

    assert answer.status_code == 302
    event.refresh_from_db()
    assert (event.time_zone, event.currency, event.language, event.price.max) == ("Europe/Lisbon", "EUR", "pt-BR", 12.5)


@pytest.mark.parametrize(
    ("values", "where", "said"),
    [
        ({"time_zone": "Lisbon"}, "time_zone", "Write a time zone's name of the IANA database"),
        ({"currency": "XYZ", "price_max": "1"}, "currency", "Write a currency's code of ISO 4217"),
        ({"language": "Portuguese"}, "language", "Write a language's code"),
        ({"price_max": "-1", "currency": "EUR"}, "price_max", "greater than or equal to 0"),
        ({"price_max": "1"}, None, "Give the currency of a price above 0"),
        ({"currency": "EUR"}, None, "no currency without a price"),
        ({"price_min": "2", "price_max": "1", "currency": "EUR"}, None, "must not be below the lowest"),
        ({"minimum_age": "121"}, "minimum_age", "less than or equal to 120"),
    ],
)
def test_bad_fact_is_refused_with_what_to_do(staff, values, where, said):
    event = EventFactory()

    answer = posted(staff, event, **values)

    errors = answer.context["adminform"].form.errors
    assert (answer.status_code, [*errors]) == (200, [where or "__all__"])
    assert said in errors[where or "__all__"][0]
    assert list(Event.objects.values_list("price_max", "currency", "time_zone")) == [(None, None, None)]


def test_list_is_filtered_by_price_and_attendance(staff):
    events = {
        "free": EventFactory(price_min=0, price_max=0, attendance="ONLINE"), "priced": EventFactory(price_max=5),
        "from": EventFactory(price_min=5), "unknown": EventFactory(), "half known": EventFactory(price_min=0),
    }  # fmt: skip
    names = {event.pk: name for name, event in events.items()}

    def shown(query):
        return {names[event.pk] for event in staff.get(f"{LIST}?{query}").context["cl"].result_list}

    assert shown("price=free") == {"free"}
    assert shown("price=priced") == {"priced", "from"}
    assert shown("price=unknown") == {"unknown", "half known"}
    assert shown("attendance__exact=ONLINE") == {"free"}
