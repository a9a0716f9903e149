"""Tests of the pages of events, organisers and venues."""

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.test import Client
from icalendar import Calendar

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.tests.factories import InteractionFactory
from recommendations.event_pages.page import DATES_MAX, EVENTS_PER_PAGE
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory
from users.throttles import METER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]

TOMORROW = NOW + timedelta(days=1)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(autouse=True)
def _browsing(settings):
    settings.PUBLIC_BROWSING = True
    METER.clear()
    yield
    METER.clear()


@pytest.fixture
def ana():
    return UserFactory(interests=["music"])


@pytest.fixture
def as_ana(ana):
    client = Client()
    client.force_login(ana)
    return client


@pytest.fixture
def jazz():
    return EventFactory(
        title="Jazz night",
        description="Three  players,\n\none room.",
        category="music",
        start_at=TOMORROW,
        organiser=OrganiserFactory(name="Casa Lusa"),
        location_name="Casa Lusa",
        latitude=38.71,
        longitude=-9.13,
    )


def address_of(event):
    return f"/e/{event.pk}-jazz-night"


def text_of(answer):
    """Return what a page says, without its elements."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", "<" + main).split())


def links_in(answer):
    return re.findall(r'href="(/[eov]/[^"]+)"', answer.content.decode())


@pytest.mark.parametrize("path", ["/e/{}", "/e/{}-other", "/e/{}-Jazz-Night", "/e/0{}-jazz-night", "/event/{}"])
def test_other_addresses_lead_to_the_one_with_the_title(client, jazz, path):
    answer = client.get(path.format(jazz.pk) + "?from=mail")

    assert (answer.status_code, answer["Location"]) == (301, f"{address_of(jazz)}?from=mail")


def test_event_is_readable_without_javascript_and_without_signing_in(client, jazz):
    answer = client.get(address_of(jazz))

    assert answer.status_code == 200
    assert "Jazz night" in text_of(answer)
    assert "Three players, one room." in text_of(answer)
    assert {f"/o/{jazz.organiser.pk}-casa-lusa", "/v/Casa%20Lusa", f"/e/{jazz.pk}.ics"} <= set(links_in(answer))
    assert "https://www.openstreetmap.org/directions?to=38.710000%2C-9.130000" in answer.content.decode()


def test_head_is_what_search_engines_and_messengers_read(client, jazz):
    page = client.get(address_of(jazz)).content.decode()
    here = f"http://testserver{address_of(jazz)}"

    assert "<title>Jazz night · Marquee</title>" in page
    assert f'<link rel="canonical" href="{here}">' in page
    assert '<meta name="description" content="Three players, one room.">' in page
    assert re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page) == [
        ("description", "Three players, one room."), ("site_name", "Marquee"), ("type", "website"),
        ("title", "Jazz night"), ("url", here),
    ]  # fmt: skip
    assert "noindex" not in page


def test_structured_data_is_what_the_api_says(client, jazz):
    page = client.get(address_of(jazz)).content.decode()
    event = client.get(f"/events/{jazz.pk}").json()

    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data = json.loads(text)

    assert (data["name"], data["description"], data["url"]) == (
        event["title"], event["description"], f"http://testserver{address_of(jazz)}",
    )  # fmt: skip
    assert data["startDate"].replace("+00:00", "Z") == event["startAt"]
    assert data["location"]["geo"] == {
        "@type": "GeoCoordinates", "latitude": event["latitude"], "longitude": event["longitude"],
    }  # fmt: skip
    assert data["organizer"]["url"] == f"http://testserver/o/{jazz.organiser.pk}-casa-lusa"


def test_texts_of_events_cannot_become_markup(client):
    text = "</script><img src=x onerror=alert(1)>"
    event = EventFactory(title=text, description=text, location_name=text, tags=[text], start_at=TOMORROW)

    page = client.get(f"/e/{event.pk}", follow=True).content.decode()

    assert "<img" not in page


def test_pages_are_for_users_only_without_public_browsing(client, as_ana, jazz, settings):
    settings.PUBLIC_BROWSING = False
    paths = [
        address_of(jazz), f"/e/{jazz.pk}", "/e/999999", f"/e/{jazz.pk}.ics", f"/o/{jazz.organiser.pk}-casa-lusa",
        "/v/Casa%20Lusa", "/v/Nowhere",
    ]  # fmt: skip

    assert [client.get(path)["Location"] for path in paths] == [f"/sign-in?next={quote(path)}" for path in paths]
    assert '<meta name="robots" content="noindex">' in as_ana.get(address_of(jazz)).content.decode()
    assert [client.get(path).status_code for path in ("/sitemap.xml", "/sitemap-events.xml")] == [404, 404]
    assert "Sitemap" not in client.get("/robots.txt").content.decode()


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/e/999999999", 404, "There is no such event"),
        ("/e/9999999999999999999", 404, "There is no such event"),
        ("/o/999999999", 404, "There is no such organiser"),
        ("/v/Nowhere", 404, "There is no such venue"),
        ("/v/%00", 404, "There is no such venue"),
    ],
)
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(client, path, status, said):
    page, problem = client.get(path, headers=BROWSER), client.get(path)

    assert (page.status_code, said in text_of(page)) == (status, True)
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("debug", [False, True])
def test_what_was_there_is_gone(client, settings, debug):
    settings.DEBUG = debug
    path = f"/e/{EventFactory().pk}"
    EventFactory()
    Event.objects.order_by("pk")[:1].get().delete()

    page, problem = client.get(path, headers=BROWSER), client.get(path)

    assert (page.status_code, "This event is gone" in text_of(page)) == (410, True)
    assert (problem.status_code, problem["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "CANCELLED"}, "Cancelled. It does not take place."),
        ({"status": "COMPLETED"}, "This is over."),
        ({"start_at": NOW - timedelta(days=2)}, "This is over."),
        ({"start_at": NOW - timedelta(hours=2), "end_at": NOW - timedelta(hours=1)}, "This is over."),
        ({"start_at": NOW - timedelta(hours=2)}, "It has begun."),
    ],
)
def test_state_is_said_plainly(client, fields, said):
    event = EventFactory(**{"start_at": TOMORROW, **fields})

    page = client.get(f"/e/{event.pk}", follow=True)

    assert said in text_of(page)
    assert ("Going" in text_of(page), "act-bar" in page.content.decode()) == (said == "It has begun.",) * 2


def test_changes_since_it_was_chosen_are_said(ana, as_ana, client, jazz):
    InteractionFactory(user=ana, event=jazz, action="SAVE", created_at=NOW - timedelta(days=300))
    before = text_of(as_ana.get(address_of(jazz)))
    Event.objects.filter(pk=jazz.pk).update(start_at=TOMORROW + timedelta(hours=1))

    assert "has changed since you chose it" not in before
    assert "has changed since you chose it" in text_of(as_ana.get(address_of(jazz)))
    assert "has changed since you chose it" not in text_of(client.get(address_of(jazz)))


def test_reasons_are_the_user_s_own(as_ana, client, jazz):
    InteractionFactory(event=jazz)

    assert "Music is one of your interests 1 interaction so far" in text_of(as_ana.get(address_of(jazz)))
    assert "interest" not in text_of(client.get(address_of(jazz)))


def test_gig_is_applied_for(client):
    gig = EventFactory(type="GIG", start_at=TOMORROW)

    page = client.get(f"/e/{gig.pk}", follow=True)

    assert f'formaction="/event/{gig.pk}/apply">Apply</button>' in page.content.decode()


def test_other_dates_of_a_series_follow(client, jazz):
    dates = [
        EventFactory(title="Jazz night", series="jazz", start_at=TOMORROW + timedelta(weeks=week))
        for week in range(DATES_MAX + 2)
    ]
    EventFactory(title="Jazz night", series="jazz", start_at=NOW - timedelta(weeks=1))
    EventFactory(title="Jazz night", series="jazz", start_at=TOMORROW, status="CANCELLED")

    page = client.get(address_of(dates[0]))

    beside = page.content.decode().partition('class="dates"')[2].partition("</ul>")[0]
    assert re.findall(r'href="([^"]+)"', beside) == [address_of(event) for event in dates[1 : DATES_MAX + 1]]
    assert "And later ones." in text_of(page)


def test_similar_events_follow(client, jazz):
    near = EventFactory(title="Jazz trio with saxophone", category="music", start_at=TOMORROW)
    EventFactory(title="Past jazz", start_at=NOW - timedelta(days=9))
    call_command("embed")

    page = client.get(address_of(jazz))

    assert f"/e/{near.pk}-jazz-trio-with-saxophone" in links_in(page)
    assert "Past jazz" not in text_of(page)


def test_page_does_not_need_vectors(client, jazz, settings):
    settings.EMBEDDER = ""

    assert client.get(address_of(jazz)).status_code == 200


def test_event_as_a_calendar(client, jazz):
    answer = client.get(f"/e/{jazz.pk}.ics")
    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")

    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "text/calendar; charset=utf-8", f'attachment; filename="event-{jazz.pk}.ics"',
    )  # fmt: skip
    assert (entry["SUMMARY"], entry["DTSTART"].dt, entry["TRANSP"]) == ("Jazz night", TOMORROW, "OPAQUE")
    assert entry["DESCRIPTION"].endswith(f"http://testserver{address_of(jazz)}")
    assert b"REFRESH-INTERVAL" not in answer.content
    assert client.get("/e/999999999.ics")["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("of", ["organiser", "venue"])
def test_lists_are_paged_and_show_what_lies_ahead(client, of):
    organiser = OrganiserFactory(name="Casa Lusa")
    events = [
        EventFactory(title="Jazz night", organiser=organiser, location_name="AC/DC? #1", start_at=TOMORROW + timedelta(days=day))
        for day in range(EVENTS_PER_PAGE + 1)
    ]  # fmt: skip
    EventFactory(title="Past", organiser=organiser, location_name="AC/DC? #1", start_at=NOW - timedelta(days=1))
    EventFactory(title="Elsewhere", start_at=TOMORROW)
    path = f"/o/{organiser.pk}-casa-lusa" if of == "organiser" else f"/v/{quote('AC/DC? #1', safe='')}"

    first = client.get(path)
    following = re.search(r'<p class="more"[^>]*><a class="button" href="([^"]+)"', first.content.decode())
    second = client.get(following[1].replace("&amp;", "&"))

    shown = [[link for link in links_in(page) if link.startswith("/e/")] for page in (first, second)]
    assert shown[0] + shown[1] == [address_of(event) for event in events]
    assert len(shown[1]) == 1
    assert f'<link rel="canonical" href="http://testserver{path}">' in first.content.decode()


def test_cursor_of_another_list_is_refused(client, jazz):
    EventFactory.create_batch(EVENTS_PER_PAGE + 1, location_name="Casa Lusa", start_at=TOMORROW)
    following = re.search(r'href="(/v/[^"]+cursor=[^"]+)"', client.get("/v/Casa%20Lusa").content.decode())[1]

    answer = client.get(f"/o/{jazz.organiser.pk}-casa-lusa?{following.partition('?')[2]}", headers=BROWSER)

    assert answer.status_code == 400


def test_organiser_has_one_address(client, jazz):
    answer = client.get(f"/o/{jazz.organiser.pk}")

    assert (answer.status_code, answer["Location"]) == (301, f"/o/{jazz.organiser.pk}-casa-lusa")


def test_sitemap_lists_what_lies_ahead(client, jazz, monkeypatch):
    monkeypatch.setattr("recommendations.event_pages.sitemaps.EventSitemap.limit", 1)
    later = EventFactory(title="★", organiser=None, start_at=TOMORROW)
    EventFactory(start_at=NOW - timedelta(days=1))
    EventFactory(start_at=TOMORROW, status="CANCELLED")
    OrganiserFactory()

    def listed(path):
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
            200, "application/xml", "public, max-age=3600",
        )  # fmt: skip
        return [url.replace("&amp;", "&") for url in re.findall("<loc>(.*?)</loc>", answer.content.decode())]

    sections = listed("/sitemap.xml")

    assert "Sitemap: http://testserver/sitemap.xml\n" in client.get("/robots.txt").content.decode()
    assert sections == [
        f"http://testserver/{section}"
        for section in ("sitemap-events.xml", "sitemap-events.xml?p=2", "sitemap-organisers.xml")
    ]
    assert [url.removeprefix("http://testserver") for section in sections for url in listed(section)] == [
        address_of(jazz), f"/e/{later.pk}", f"/o/{jazz.organiser.pk}-casa-lusa",
    ]  # fmt: skip
    assert client.get("/sitemap-events.xml?p=9").status_code == 404
    assert client.get("/sitemap-users.xml").status_code == 404


def test_visitors_are_counted_by_address_on_pages_too(jazz, settings):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 2
    client, other = Client(REMOTE_ADDR="203.0.113.9"), Client(REMOTE_ADDR="198.51.100.7")

    answers = [client.get(address_of(jazz), headers=BROWSER) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2]["Content-Type"], int(answers[2]["Retry-After"]) > 0) == ("text/html; charset=utf-8", True)
    assert other.get(address_of(jazz)).status_code == 200


@pytest.mark.parametrize("number", [1, 3, 10])
def test_queries(as_ana, client, jazz, django_assert_num_queries, settings, number):
    settings.EMBEDDER = ""
    EventFactory.create_batch(number, organiser=jazz.organiser, start_at=TOMORROW)

    with django_assert_num_queries(1):  # the event
        client.get(address_of(jazz))
    with django_assert_num_queries(6):  # session, user, the event, what they did, the feed's row, what they saved
        as_ana.get(address_of(jazz))
    with django_assert_num_queries(2):  # the organiser, their events
        client.get(f"/o/{jazz.organiser.pk}-casa-lusa")
    with django_assert_num_queries(2):  # whether there is such a venue, its events
        client.get("/v/Casa%20Lusa")
