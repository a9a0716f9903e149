"""Tests of the pages as the server renders them, without a script; what the modules add is tested in a browser."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from events.tests.factories import EventFactory
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from recommendations.demo.loading import DemoSignIn, demo_sign_in
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana", email="ana@example.org", password="demo")


@pytest.mark.parametrize("path", ["/", "/event/7", "/event/9999999999999999999"])
def test_nobody_is_sent_to_the_sign_in_page_and_back(ana, client, settings, path):
    settings.PUBLIC_BROWSING = False
    answer = client.get(f"{path}?q=jazz")
    there = client.post(answer["Location"], {"username": "ana", "password": "demo", "next": f"{path}?q=jazz"})

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in?next={path}%3Fq%3Djazz")
    assert (there.status_code, there["Location"]) == (302, f"{path}?q=jazz")


def test_nobody_is_led_to_another_host(ana, client):
    answer = client.post("/sign-in", {"username": "ana", "password": "demo", "next": "https://evil.example/"})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_page_sets_the_csrf_cookie_that_its_modules_send(ana, client):
    client.force_login(ana)

    answer = client.get("/")

    assert (answer.status_code, sorted(answer.cookies)) == (200, ["csrftoken"])


@pytest.mark.parametrize("path", ["/event/x", "/event/", "/event/12345678901234567890"])
def test_other_addresses_are_no_page(ana, client, path):
    client.force_login(ana)

    assert (client.get(path).status_code, client.get(path)["Content-Type"]) == (404, "application/problem+json")


def test_wrong_password_is_403_and_too_many_are_429(ana, client, settings):
    settings.SIGN_INS_PER_MINUTE = 2
    wrong = {"username": "ana", "password": "wrong"}

    answers = [client.post("/sign-in", wrong) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [403, 403, 429]
    [said] = answers[0].context["form"].non_field_errors()
    assert said.startswith("The name or the password is wrong, or the account is not active. ")
    assert answers[2].context["form"].non_field_errors()[0].startswith("Too many attempts. ")
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_sign_in_needs_the_csrf_token(ana):
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "ana", "password": "demo"})

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_sign_out_ends_the_session(ana, client):
    client.force_login(ana)

    answer = client.post("/sign-out")

    assert (answer.status_code, answer["Location"], client.get("/users/me").status_code) == (302, "/sign-in", 401)


def test_demo_is_offered_while_its_data_is_loaded(client, ana):
    without_events = demo_sign_in()
    EventFactory(external_id="demo-jazz")

    page = client.get("/sign-in").content.decode()

    assert (without_events, demo_sign_in()) == (None, DemoSignIn("ana", "demo"))
    assert page.count("Look around as ana") == 2


@pytest.mark.parametrize("changed", [{"email": "ana@real.org"}, {"is_active": False}, {"is_staff": True}])
def test_demo_is_not_offered_with_somebody_real(client, ana, changed):
    EventFactory(external_id="demo-jazz")
    type(ana).objects.filter(pk=ana.pk).update(**changed)

    assert demo_sign_in() is None
    assert "Look around" not in client.get("/sign-in").content.decode()


def test_queries(ana, client, django_assert_num_queries):
    with django_assert_num_queries(1):  # whether the demo data is there
        client.get("/sign-in")
    client.force_login(ana)
    with django_assert_num_queries(11):  # session, user, page of the feed, a count for each of 6 chips and 2 ways on
        client.get("/")
    EventFactory.create_batch(3)
    with django_assert_num_queries(10):  # session, user, page of the feed, what is saved of it, 6 chips
        client.get("/?view=upcoming")
    EventFactory.create_batch(5)
    with django_assert_num_queries(10):  # the same
        client.get("/?view=upcoming")


def cards_in(page):
    """The ids of the events of a page, in order."""
    return [int(pk) for pk in re.findall(r'data-id="(\d+)"', page.content.decode())]


@pytest.fixture
def anas(ana, client):
    client.force_login(ana)
    return client


def feed_of(client, path, **parameters):
    """The ids of a feed's events, as the API has them."""
    answer = client.get(path, parameters, headers={"Accept": "application/json"}).json()
    return [row["event"]["id"] for row in answer["results"]]


@pytest.mark.parametrize("view", ["recommended", "popular", "upcoming"])
def test_section_shows_what_the_endpoint_answers(anas, view):
    for number in range(5):
        InteractionFactory.create_batch(number % 3, event=EventFactory(category="music" if number % 2 else "arts"))
    path = {"recommended": "/recommendations"}.get(view, f"/recommendations/{view}")

    whole, music = anas.get("/", {"view": view}), anas.get("/", {"view": view, "category": "music", "type": ""})

    assert cards_in(whole) == feed_of(anas, path)
    assert cards_in(music) == feed_of(anas, path, category="music")
    assert len(cards_in(music)) == 2


def test_weekend_is_the_start_in_the_visitors_zone(ana, client, monkeypatch):
    wednesday = datetime(2100, 6, 2, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: wednesday)
    client.force_login(ana)
    friday = datetime(2100, 6, 4, tzinfo=UTC)
    hours = {
        hour: EventFactory(start_at=friday + timedelta(hours=hour)).pk for hour in (16, 17, 20, 21, 71, 72, 75, 76)
    }

    server = client.get("/")
    client.cookies["zone"] = "America/New_York"
    visitor = client.get("/?view=weekend")

    assert cards_in(server) == [hours[hour] for hour in (17, 20, 21, 71)]
    assert cards_in(visitor) == [hours[hour] for hour in (21, 71, 72, 75)]


@pytest.mark.parametrize("zone", ["Nowhere/At_all", "../../etc/passwd", "", "a\0b"])
def test_unknown_zone_is_the_servers(anas, zone):
    EventFactory(start_at=datetime(2100, 6, 4, 19, 30, tzinfo=UTC))
    anas.cookies["zone"] = zone

    assert "Fri 4 Jun 2100, 19:30" in anas.get("/?view=popular").content.decode()


def test_more_is_a_link_to_the_rest(anas):
    EventFactory.create_batch(45)
    address, shown = "/?view=upcoming&type=EVENT", []
    while address:
        page = anas.get(address)
        shown.append(cards_in(page))
        link = re.search(r'<a class="button" href="([^"]+)">Show more', page.content.decode())
        address = link and html.unescape(link[1])

    assert [len(ids) for ids in shown] == [20, 20, 5]
    assert [pk for ids in shown for pk in ids] == feed_of(anas, "/recommendations/upcoming", limit=100)


def test_save_and_dismissal_are_recorded_and_taken_back_without_a_script(anas, ana):
    event = EventFactory()

    def actions():
        return list(Interaction.objects.of(ana).values_list("action", flat=True))

    for action, done, back in (
        ("save", ["SAVE"], f"/?view=upcoming&type=EVENT#event-{event.pk}"),
        ("save", ["SAVE"], f"/?view=upcoming&type=EVENT#event-{event.pk}"),
        ("unsave", [], f"/?view=upcoming&type=EVENT#event-{event.pk}"),
        ("dismiss", ["DISMISS"], f"/?view=upcoming&type=EVENT&dismissed={event.pk}#main"),
        ("restore", [], f"/?view=upcoming&type=EVENT#event-{event.pk}"),
    ):
        answer = anas.post(f"/event/{event.pk}/{action}", {"next": f"/?view=upcoming&type=EVENT&dismissed={event.pk}"})
        assert (answer.status_code, answer["Location"], actions()) == (302, back, done), action


def test_page_after_a_dismissal_offers_to_undo_it(anas, ana):
    event, other = EventFactory(title="Ropework"), EventFactory()
    InteractionFactory(user=ana, event=event, action="DISMISS")
    restore = f'formaction="/event/{event.pk}/restore"'

    assert restore in anas.get(f"/?dismissed={event.pk}").content.decode()
    for unknown in (other.pk, "x", "9" * 30, "0"):
        assert "restore" not in anas.get(f"/?dismissed={unknown}").content.decode()


def test_action_leads_to_no_other_host_and_needs_the_csrf_token(anas, ana):
    event = EventFactory()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)

    assert anas.post(f"/event/{event.pk}/save", {"next": "//evil.example/"})["Location"] == f"/#event-{event.pk}"
    assert strict.post(f"/event/{event.pk}/unsave").status_code == 403
    assert Interaction.objects.of(ana).count() == 1


def test_action_on_an_unknown_event_is_404_and_too_many_are_429(anas, settings):
    settings.INTERACTIONS_PER_MINUTE = 1
    event = EventFactory()

    statuses = [anas.post(f"/event/{pk}/{action}").status_code for pk, action in (
        (event.pk + 1, "unsave"), (event.pk + 1, "save"), (event.pk, "save"))]  # fmt: skip
    assert statuses == [404, 404, 429]


def test_cards_show_whether_an_event_is_saved(anas, ana):
    saved, other = EventFactory(), EventFactory()
    InteractionFactory(user=ana, event=saved, action="SAVE")

    page = anas.get("/?view=upcoming").content.decode()

    assert f'formaction="/event/{saved.pk}/unsave" aria-pressed="true"' in page
    assert f'formaction="/event/{other.pk}/save" aria-pressed="false"' in page
    assert cards_in(anas.get("/?view=saved")) == [saved.pk]


def test_wrong_filter_and_expired_cursor_are_refused_with_what_to_do(anas, ana):
    wrong = anas.get("/?category=knitting")
    cursor = anas.get("/?cursor=forged")

    assert (wrong.status_code, cursor.status_code) == (400, 400)
    assert "category: " in wrong.content.decode()
    assert "Start again without one." in cursor.content.decode()


def test_visitor_sees_what_everybody_may(client, settings):
    settings.PUBLIC_BROWSING = True
    event = EventFactory()
    InteractionFactory(event=event, action="SAVE")

    shown = {path: cards_in(client.get(path)) for path in ("/?view=popular", "/?view=upcoming", "/search?q=a")}
    saved = client.get("/?view=saved")

    assert shown["/?view=popular"] == shown["/?view=upcoming"] == [event.pk]
    assert client.get(f"/event/{event.pk}", follow=True).status_code == 200
    assert (saved.status_code, saved["Location"]) == (302, "/sign-in?next=/%3Fview%3Dsaved")


def chips_in(page):
    """The chips of a page by text: address, count, and whether they are on."""
    chips = re.findall(r'<a class="chip" href="([^"]*)"( aria-current="true")?><span>(.+?)<small>(.+?)<', page)
    return {text: (html.unescape(address), count, bool(on)) for address, on, text, count in chips}


def test_chips_count_what_they_lead_to_and_combine(ana, client, monkeypatch):
    wednesday = datetime(2100, 6, 2, 12, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: wednesday)
    client.force_login(ana)
    for days in (0, 0, 1, 3, 6, 9):
        EventFactory(start_at=wednesday + timedelta(days=days, hours=7), category="music")
    EventFactory(start_at=wednesday + timedelta(days=3), category="music", price_max=0, attendance="MIXED")
    EventFactory.create_batch(101, start_at=wednesday + timedelta(days=1), category="arts")

    weekend = chips_in(client.get("/").content.decode())
    music = chips_in(client.get("/?category=music&when=today").content.decode())
    popular = chips_in(client.get("/?view=popular&when=today").content.decode())

    assert {text: (count, on) for text, (_, count, on) in weekend.items()} == {
        "Today": ("2", False), "Tomorrow": ("100+", False), "This weekend": ("2", True), "Next 7 days": ("100+", False),
        "Free": ("1", False), "Online": ("1", False),
    }  # fmt: skip
    assert music == {
        "Today": ("/?category=music&when=today", "2", True),
        "Tomorrow": ("/?category=music&when=tomorrow", "1", False),
        "This weekend": ("/?category=music", "2", False),
        "Next 7 days": ("/?category=music&when=week", "6", False),
        "Free": ("/?category=music&when=today&free=true", "0", False),
        "Online": ("/?category=music&when=today&attendance=ONLINE,MIXED", "0", False),
    }
    # Outside of the start, no period is one, too.
    assert popular["Today"] == ("/?view=popular", "2", True)
    for address, count, _ in music.values():
        assert len(cards_in(client.get(address))) == int(count)


def test_near_is_the_home_or_the_place_of_the_address(anas, ana):
    near, far = EventFactory(latitude=38.72, longitude=-9.13), EventFactory(latitude=38.76, longitude=-9.13)
    nowhere = anas.get("/?view=upcoming&near=home")
    type(ana).objects.filter(pk=ana.pk).update(latitude=38.71, longitude=-9.13)

    start = chips_in(anas.get("/?view=upcoming").content.decode())
    at_home = anas.get("/?view=upcoming&near=home&radiusKm=3")
    elsewhere = anas.get("/?view=upcoming&near=38.77,-9.13&radiusKm=3")

    assert nowhere.status_code == 400
    assert "Your profile has no location." in nowhere.content.decode()
    assert {text: start[text] for text in ("1 km", "3 km", "10 km")} == {
        "1 km": ("/?view=upcoming&near=home&radiusKm=1", "0", False),
        "3 km": ("/?view=upcoming&near=home&radiusKm=3", "1", False),
        "10 km": ("/?view=upcoming&near=home&radiusKm=10", "2", False),
    }
    assert (cards_in(at_home), cards_in(elsewhere)) == ([near.pk], [far.pk])
    assert chips_in(at_home.content.decode())["3 km"] == ("/?view=upcoming", "1", True)
    assert "1.1 km away" in elsewhere.content.decode()


def test_card_has_each_fact_once(anas):
    EventFactory(
        title="Fado", start_at=datetime(2100, 6, 4, 19, tzinfo=UTC), time_zone="Europe/Lisbon", location_name="Tasca",
        price_min=8, price_max=12, currency="EUR", attendance="MIXED", language="pt", minimum_age=18,
    )  # fmt: skip
    anas.cookies["zone"] = "America/New_York"

    popular, days = (anas.get(f"/?view={view}").content.decode() for view in ("popular", "upcoming"))

    facts = re.sub("<[^>]+>", "|", popular[popular.index('class="facts"') : popular.index("</article>")])
    for fact in ("Fri 4 Jun 2100, 20:00", "Lisbon · 15:00 your time", "Tasca", "€8 to €12", "In person and online",
                 "Portuguese", "From 18 years"):  # fmt: skip
        assert facts.count(f"|{fact}|") == 1, facts
    # Under a day of the visitor's, a time of another zone keeps its day.
    assert ">Fri 4 Jun 2100, 20:00</time>" in days
    anas.cookies["zone"] = "Europe/London"
    assert ">20:00</time>" in anas.get("/?view=upcoming").content.decode()


def test_day_of_an_address_is_a_whole_day_in_the_visitors_zone(anas):
    hours = [
        EventFactory(start_at=datetime(2100, 6, 4, 4, tzinfo=UTC) + timedelta(hours=hour)).pk
        for hour in (-1, 0, 23, 24)
    ]
    anas.cookies["zone"] = "America/New_York"

    page = anas.get("/?on=2100-06-04&when=")

    assert cards_in(page) == hours[1:3]
    assert "<h1>Friday 4 June</h1>" in page.content.decode()
    assert anas.get("/?on=4.6.2100").status_code == 400


def test_weekend_without_events_leads_on(anas):
    EventFactory(start_at=datetime(2100, 6, 4, tzinfo=UTC), category="music")

    page = anas.get("/?category=music")

    assert "Nothing here" in page.content.decode()
    ways = chips_in(page.content.decode().partition('class="state"')[2])
    assert ways == {"Any time": ("/?category=music&view=upcoming", "1", False)}
    assert len(cards_in(anas.get(ways["Any time"][0]))) == 1


def test_upcoming_has_each_day_once_as_a_heading(anas):
    for hours in (20, 21, 23, 25, 50):
        EventFactory(start_at=datetime(2100, 6, 4, tzinfo=UTC) + timedelta(hours=hours))

    page = anas.get("/?view=upcoming").content.decode()

    assert re.findall(r"<li class=\"day\"><h2>(.+?)</h2>", page) == [
        "Friday 4 June 2100", "Saturday 5 June 2100", "Sunday 6 June 2100"
    ]  # fmt: skip
    assert page.count('<h3 class="title">') == 5


def test_text_of_events_never_becomes_markup(anas):
    EventFactory(title="<script>alert(1)</script>", location_name='" onclick="x', description="<b>&")

    page = anas.get("/?view=upcoming").content.decode()

    assert ("<script>alert" in page, ' onclick="x' in page) == (False, False)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_profile_stores_name_interests_and_place(anas, ana):
    stored = anas.post(
        "/profile", {"display_name": "Ana F.", "interests": ["science"], "latitude": "38.7", "longitude": "-9.1"}
    )
    half = anas.post("/profile", {"display_name": "X", "latitude": "38.7"})
    beyond = anas.post("/profile", {"display_name": "X", "latitude": "91", "longitude": "0"})

    ana.refresh_from_db()
    assert (stored.status_code, half.status_code, beyond.status_code) == (302, 400, 400)
    assert (ana.display_name, ana.interests, ana.latitude, ana.longitude) == ("Ana F.", ["science"], 38.7, -9.1)
    assert "Give latitude and longitude" in half.content.decode()
    assert "Profile of Ana F." in beyond.content.decode()
