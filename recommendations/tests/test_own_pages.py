"""Tests of what people hide, save and own, as pages without a script: every button is a form."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction, Mute
from interactions.tests.factories import InteractionFactory
from users.models import CalendarToken, User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


@pytest.fixture
def ana():
    return UserFactory(username="ana", email="ana@example.org", password="demo", display_name="Ana")


@pytest.fixture
def anas(ana):
    client = Client()
    client.force_login(ana)
    return client


def text_of(answer):
    return answer.content.decode()


def press(client, page, label):
    """Press the button of a page that has this label, as a browser without a script does; return what it leads to."""
    button = re.search(f'<button[^>]*aria-label="{label}[^>]*>|<button[^>]*>{label}</button>', text_of(page))[0]
    values = dict(re.findall(r'(\w+)="([^"]*)"', button))
    sent = {"next": page.wsgi_request.get_full_path()}
    sent |= {values["name"]: values["value"]} if "name" in values else {}
    return client.post(values["formaction"], sent, follow=True)


class TestHiding:
    @pytest.mark.parametrize(
        ("label", "column"),
        [("All by Club", "organiser"), ("All dates of this series", "series"), ("Everything in Music", "category")],
    )
    def test_hides_in_one_tap_and_undoes_it_in_another(self, ana, anas, label, column):
        event = EventFactory(title="Jazz", organiser=OrganiserFactory(name="Club"), series="weekly", category="music")
        EventFactory(title="Chess", category="gaming")
        before = anas.get("/?view=upcoming&type=EVENT")

        hidden = press(anas, before, label)

        row = Mute.objects.get(user=ana)
        assert getattr(row, column) == getattr(event, column)
        assert hidden.redirect_chain == [(f"/?view=upcoming&type=EVENT&hidden={row.pk}#main", 302)]
        assert (">Jazz</a>" in text_of(hidden), ">Chess</a>" in text_of(hidden)) == (False, True)
        shown = press(anas, hidden, "Undo: show")
        assert (Mute.objects.count(), ">Jazz</a>" in text_of(shown)) == (0, True)
        assert shown.redirect_chain == [("/?view=upcoming&type=EVENT#main", 302)]

    def test_visitors_and_events_of_nothing_have_no_menu(self, anas, client, settings):
        settings.PUBLIC_BROWSING = True
        EventFactory(category=None, organiser=None)
        assert '<details class="hide">' not in text_of(anas.get("/?view=popular"))
        EventFactory(category="music")
        assert '<details class="hide">' in text_of(anas.get("/?view=popular"))
        assert '<details class="hide">' not in text_of(client.get("/?view=popular"))

    @pytest.mark.parametrize(
        ("sent", "status", "said"),
        [
            ({}, 400, "Send exactly one of organiserId, series and category."),
            ({"category": "music", "series": "weekly"}, 400, "Send exactly one of organiserId, series and category."),
            ({"category": "knitting"}, 400, "category: Choose one of: music"),
            ({"organiserId": "123456"}, 404, ""),
        ],
    )
    def test_bad_input_is_refused(self, anas, sent, status, said):
        answer = anas.post("/hide", sent)

        assert (answer.status_code, said in text_of(answer), Mute.objects.count()) == (status, True, 0)

    def test_leads_to_no_other_host_and_offers_no_undo_of_others(self, anas):
        others = Mute.objects.create(user=UserFactory(), category="music")

        answer = anas.post("/hide", {"category": "food", "next": "https://evil.example/"})

        assert answer["Location"] == f"/?hidden={Mute.objects.latest('pk').pk}#main"
        for wrong in (others.pk, "x", "9" * 30):
            assert "Undo" not in text_of(anas.get(f"/?hidden={wrong}"))
        anas.post(f"/hide/{others.pk}/undo")
        assert Mute.objects.filter(pk=others.pk).exists()


def test_whoever_is_signed_out_comes_back_to_a_page(client):
    sent = {"category": "music", "next": "/?view=popular"}
    paths = ["/hide", "/hide/1/undo", "/profile/privacy", "/profile/calendar", "/profile/erasure"]

    answers = [client.post(path, sent) for path in paths]

    assert [answer["Location"] for answer in answers] == [
        "/sign-in?next=/%3Fview%3Dpopular", "/sign-in?next=/%3Fview%3Dpopular", *["/sign-in?next=/profile"] * 3,
    ]  # fmt: skip


class TestSaved:
    def save(self, user, **values):
        event = EventFactory(**values)
        InteractionFactory(user=user, event=event, action="SAVE")
        return event

    def test_lists_what_is_ahead_then_what_is_over_with_marks(self, ana, anas):
        now = timezone.now()
        titles = {"Blues": -9, "Swing": -2, "Waltz": 3, "Tango": 2, "Fado": 1}
        for title, days in titles.items():
            self.save(ana, title=title, start_at=now + days * A_DAY)
        Interaction.objects.filter(event__title="Tango").delete()
        tango = Event.objects.get(title="Tango")
        InteractionFactory(user=ana, event=tango, action="SAVE", created_at=now - 400 * A_DAY)
        Event.objects.filter(title="Tango").update(location_name="Elsewhere")
        Event.objects.filter(title="Waltz").update(status="CANCELLED")

        page = text_of(anas.get("/?view=saved"))

        assert re.findall(r"<h2[^>]*><a[^>]*>(\w+)</a>", page) == ["Fado", "Tango", "Waltz", "Swing", "Blues"]
        assert page.index("Waltz") < page.index('id="past"') < page.index("Swing")
        assert re.findall(r"<strong>([^<]+)</strong>", page) == [
            "Changed since you saved it",
            "Cancelled",
            "Over",
            "Over",
        ]

    @pytest.mark.parametrize("rows", [1, 3, 30])
    def test_queries(self, ana, anas, django_assert_num_queries, rows):
        for _ in range(rows):
            self.save(ana, organiser=OrganiserFactory())

        # The session, its user, what is ahead, which of it is saved, what is over.
        with django_assert_num_queries(5):
            anas.get("/?view=saved")


class TestProfile:
    def test_lists_what_is_hidden_and_dismissed_and_shows_it_again(self, ana, anas):
        club = OrganiserFactory(name="Club")
        for target in ({"organiser": club}, {"category": "sports"}):
            Mute.objects.create(user=ana, **target)
        InteractionFactory.create_batch(2, user=ana, event=EventFactory(title="Karaoke"), action="DISMISS")
        page = anas.get("/profile")

        shown = press(
            anas, press(anas, press(anas, page, "Show again: Club"), "Show again: Sports"), "Show again: Karaoke"
        )

        assert text_of(page).count(">Show again<") == 3
        assert (text_of(shown).count(">Show again<"), Mute.objects.count(), Interaction.objects.count()) == (0, 0, 0)

    def test_privacy_switch(self, ana, anas):
        stored = []
        for sent in ({}, {"personal_ranking": "on"}):
            assert anas.post("/profile/privacy", sent)["Location"] == "/profile?stored=1"
            ana.refresh_from_db()
            stored.append(ana.personal_ranking)

        assert stored == [False, True]

    def test_calendar_addresses_are_shown_once_and_revoked(self, ana, anas):
        made = text_of(anas.post("/profile/calendar"))

        addresses = re.findall(r'value="http://testserver(/[a-z]+\.ics\?token=[0-9a-f]+)"', made)
        assert [address.partition("?")[0] for address in addresses] == ["/saved.ics", "/recommendations.ics"]
        assert [Client().get(address).status_code for address in addresses] == [200, 200]
        assert ".ics" not in text_of(anas.get("/profile"))
        anas.post("/profile/calendar", {"revoke": "1"})
        assert CalendarToken.objects.count() == 0

    def test_export_is_downloaded(self, anas):
        address = re.search(r'href="([^"]+)" download', text_of(anas.get("/profile")))[1]

        answer = anas.get(address)

        assert json.loads(b"".join(answer.streaming_content))["profile"]["username"] == "ana"

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"password": "demo"}, "Tick this if you mean it."),
            ({"password": "wrong", "is_sure": "on"}, "This is not your password."),
            ({"is_sure": "on"}, "This field is required."),
        ],
    )
    def test_erasure_asks_for_the_password_and_a_tick(self, anas, sent, said):
        answer = anas.post("/profile/erasure", sent)

        assert (answer.status_code, said in text_of(answer), User.objects.count()) == (400, True, 1)

    def test_erasure_ends_the_session(self, anas):
        answer = anas.post("/profile/erasure", {"password": "demo", "is_sure": "on"})

        assert (answer.status_code, "Your account is erased" in text_of(answer)) == (200, True)
        assert User.objects.count() == 0
        assert anas.get("/profile").status_code == 302

    def test_last_superuser_stays(self, client):
        client.force_login(UserFactory(username="chief", password="demo", is_superuser=True))

        answer = client.post("/profile/erasure", {"password": "demo", "is_sure": "on"})

        assert (answer.status_code, "last active superuser" in text_of(answer), User.objects.count()) == (400, True, 1)

    def test_passwords_are_counted(self, anas, settings):
        settings.SIGN_INS_PER_MINUTE = 1
        sent = {"password": "wrong", "is_sure": "on"}

        assert [anas.post("/profile/erasure", sent).status_code for _ in range(2)] == [400, 429]
