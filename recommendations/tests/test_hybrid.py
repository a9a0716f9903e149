"""Tests of the hybrid: what it serves, and how its lists are cached."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.keyset import CursorExpired
from events.models import Event
from events.tests.factories import EventFactory
from events.tests.planner import PLANNER_SETTINGS, Planner, planning_with
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from recommendations.feed.pagination import page_for
from recommendations.feed.ranking import HYBRID, candidates_for, feed_for
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.hybrid.cache import PER_USER, cached_list
from recommendations.models import TrainingRun
from recommendations.tests.serving import ids_of, page, served
from recommendations.tests.taste import NOW
from recommendations.tests.test_filters import CASES
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


class TestTheOrder:
    def test_serves_every_candidate_once(self, run, taste):
        Interaction.objects.create(
            user=taste[0], event=Event.objects.bookable().starting_after(NOW)[0], action="DISMISS"
        )

        for user in taste[:4]:
            ranker, ids = served(user)

            assert ranker is HYBRID
            assert sorted(ids) == sorted(candidates_for(viewer_of(user, NOW), Filters()).values_list("pk", flat=True))

    def test_puts_a_persons_organisers_first(self, run, taste):
        for number, user in enumerate(taste[:8]):
            _, ids = served(user)
            touched = set(Interaction.objects.of(user).values_list("event_id", flat=True))
            first = Event.objects.select_related("organiser").get(pk=next(pk for pk in ids if pk not in touched))

            assert first.organiser.name in {f"Organiser {number % 8}", f"Organiser {(number + 4) % 8}"}

    def test_is_the_same_each_time(self, run, taste):
        first = served(taste[0])
        cache.clear()

        assert served(taste[0]) == first

    def test_is_the_same_under_every_plan(self, run, taste):
        people = [taste[0], taste[3], UserFactory(interests=["music"])]
        first = [served(user) for user in people]

        for planner in filter(lambda planner: planner.is_supported, map(Planner, PLANNER_SETTINGS)):
            cache.clear()
            with planning_with(planner.values):
                planner.rows_written()
                assert [served(user) for user in people] == first

    @pytest.mark.parametrize(
        "filters", [Filters(category=("music",)), Filters(type="GIG"), Filters("EVENT", ("tech",))]
    )
    def test_keeps_to_filters(self, run, taste, filters):
        EventFactory(type="GIG", category="music", start_at=NOW.replace(month=7))

        _, ids = served(taste[0], filters)

        assert sorted(ids) == sorted(candidates_for(viewer_of(taste[0], NOW), filters).values_list("pk", flat=True))
        assert ids != []

    @pytest.mark.parametrize("few", [0, 300])
    @pytest.mark.parametrize("parameter", CASES)
    def test_candidates_pass_each_filter(self, run, taste, parameter, few, monkeypatch):
        monkeypatch.setattr("recommendations.hybrid.candidate_generation.FEW", few)
        value, passing, failing = CASES[parameter]
        made = [
            EventFactory(**{"start_at": NOW + timedelta(days=5), "category": "arts", "type": "GIG", **values}).pk
            for values in (passing, failing)
        ]
        viewer, filters = viewer_of(taste[0], NOW), Filters.of({parameter: value})
        cache.clear()

        listed = feed_for(viewer, HYBRID, filters).ranked_list.event_ids

        all_passing = set(candidates_for(viewer, filters).values_list("pk", flat=True))
        assert set(listed) <= all_passing
        # The newest is a source of its own.
        assert set(made) & set(listed) == {made[0]}
        if few and parameter not in ("type", "category"):
            assert set(listed) == all_passing

    @pytest.mark.parametrize("limit", [1, 3, 100])
    def test_pages_cover_all_once(self, run, taste, limit):
        whole = served(taste[0])[1]
        feed = feed_for(viewer_of(taste[0], NOW), HYBRID, Filters())
        shown, after = [], None
        while True:
            got = page_for(feed, limit=limit, after=after)
            shown += [event.pk for event in got.events]
            after = got.end
            if after is None:
                break

        assert shown == whole

    def test_works_for_a_person_with_nothing(self, run):
        ranker, ids = served(UserFactory())

        assert (ranker, len(ids)) == (HYBRID, Event.objects.bookable().starting_after(NOW).count())

    def test_works_for_an_empty_catalogue(self, run, taste):
        Event.objects.all().delete()

        assert served(taste[0]) == (HYBRID, [])

    def test_order_can_be_rebuilt_from_the_reasons(self, run, taste):
        results = page(taste[0], limit=100)["results"]
        scores = [[reason["score"] for reason in row["reasons"] if reason["signal"] == "score"] for row in results]
        listed = [score[0] for score in scores if score]

        assert scores[: len(listed)] == [[score] for score in listed]
        assert listed == sorted(listed, reverse=True)
        assert all(row["reasons"] for row in results)


class TestSeries:
    @pytest.fixture
    def weekly(self, taste):
        """The six dates ahead of an organiser whom the first person goes to."""
        dates = Event.objects.filter(organiser__name="Organiser 0", start_at__gt=NOW).order_by("start_at")
        dates.update(series="evenings")
        return list(dates)

    def test_next_date_is_on_the_first_page_and_the_others_are_on_later_ones(self, run, taste, weekly, api_of):
        address, pages = "/recommendations?ranker=hybrid&limit=10", []
        with time_machine.travel(NOW, tick=False):
            while address:
                answer = api_of(taste[0]).get(address).json()
                pages.append(answer["results"])
                address = answer["next"]

        rows = [row for results in pages for row in results]
        dates = [event.pk for event in weekly]
        more = {row["event"]["id"]: row.get("moreDates") for row in rows}
        assert [row["event"]["id"] for row in pages[0] if row["event"]["id"] in dates] == dates[:1]
        assert [more.pop(pk) for pk in dates] == [5, 4, 3, 2, 1, None]
        assert set(more.values()) == {None}
        assert sorted(row["event"]["id"] for row in rows) == sorted(
            candidates_for(viewer_of(taste[0], NOW), Filters()).values_list("pk", flat=True)
        )

    def test_dismissed_and_filtered_dates_are_not_counted(self, run, taste, weekly):
        Interaction.objects.create(user=taste[0], event=weekly[2], action="DISMISS")
        Event.objects.filter(pk=weekly[3].pk).update(category="art")

        results = page(taste[0], category=(weekly[0].category,), limit=100)["results"]

        assert {row["event"]["id"]: row["moreDates"] for row in results if "moreDates" in row} == {
            weekly[0].pk: 3,
            weekly[1].pk: 2,
            weekly[4].pk: 1,
        }

    def test_only_a_page_with_a_series_costs_a_statement_more(self, run, taste, weekly):
        feed = feed_for(viewer_of(taste[0], NOW), HYBRID, Filters())
        with CaptureQueriesContext(connection) as with_series:
            page_for(feed, limit=10)
        Event.objects.update(series=None)
        with CaptureQueriesContext(connection) as without:
            page_for(feed, limit=10)

        assert (len(with_series), len(without)) == (2, 1)

    def test_other_rankers_say_nothing_of_series(self, taste, weekly, api_of):
        with time_machine.travel(NOW, tick=False):
            results = api_of(taste[0]).get("/recommendations?ranker=heuristic&limit=100").json()["results"]

        assert {frozenset(row) for row in results} == {frozenset({"event", "reasons"})}

    @pytest.mark.parametrize(("dates", "words"), [(6, "and 5 more dates"), (2, "and 1 more date")])
    @pytest.mark.parametrize("in_a_terminal", [False, True])
    def test_show_feed_says_it(self, run, taste, weekly, capsys, monkeypatch, dates, words, in_a_terminal):
        Event.objects.filter(pk__in=[event.pk for event in weekly[dates:]]).update(series=None)
        monkeypatch.setattr("sys.stdout.isatty", lambda: in_a_terminal)
        monkeypatch.setenv("COLUMNS", "120")

        call_command("show_feed", taste[0].username, ranker="hybrid", limit=10, now=NOW.isoformat())

        assert re.findall(r"and \d more dates?", capsys.readouterr().out) == [words]


@pytest.mark.usefixtures("each_cache")
class TestListings:
    def test_kept_listing_costs_fewer_statements(self, run, taste, each_cache):
        with CaptureQueriesContext(
            connection,
        ) as missed:
            first = page(taste[0])
        with CaptureQueriesContext(connection) as hit:
            second = page(taste[0])

        assert ids_of(first) == ids_of(second)
        # What it depends on; the cache, if it is the database; the page.
        assert len(hit) == (3 if each_cache == "database" else 2)
        assert len(missed) > len(hit)

    @pytest.mark.parametrize("change", ["interaction", "interests", "home", "run"])
    def test_changes_make_the_next_first_page_new(self, run, taste, change):
        from recommendations.hybrid.cache import key_for

        user = taste[0]
        before = key_for("hybrid", viewer_of(user, NOW), Filters())[0]
        if change == "interaction":
            InteractionFactory(user=user, action="VIEW")
        elif change == "interests":
            user.interests = ["food"]
        elif change == "home":
            user.latitude = 47.0
        else:
            TrainingRun.objects.create(
                cutoff=NOW, began_at=NOW, seed=2, parameters={}, metrics={}, model="", activated_at=timezone.now()
            )

        assert key_for("hybrid", viewer_of(user, NOW), Filters())[0] != before

    def test_cursor_goes_on_in_the_order_it_began_with(self, run, taste):
        user = taste[0]
        whole = served(user)[1]
        first = page(user)
        cursor = first["next"].split("cursor=")[1]
        InteractionFactory(user=user, action="APPLY", event_id=whole[-1])

        assert ids_of(page(user, cursor=cursor)) == whole[5:10]

    def test_cursor_of_a_forgotten_listing_has_expired(self, run, taste):
        cursor = page(taste[0])["next"].split("cursor=")[1]
        cache.clear()

        with pytest.raises(CursorExpired):
            page(taste[0], cursor=cursor)

    def test_endpoint_answers_an_expired_cursor_with_410(self, run, taste, client):
        client.force_login(taste[0])
        # The world lies about a fixed moment; the endpoint's clock is the real one.
        Event.objects.update(start_at="2999-01-01T00:00Z", status="OPEN", end_at=None)
        first = client.get("/recommendations?ranker=hybrid&limit=2").json()
        cache.clear()

        answer = client.get(first["next"])

        assert (first["ranker"], answer.status_code, answer.json()["status"]) == ("hybrid", 410, 410)
        assert answer["Content-Type"] == "application/problem+json"

    def test_endpoint_tells_in_server_timing_whether_it_was_kept(self, run, taste, api_of):
        # The world lies about a fixed moment; the endpoint's clock is the real one.
        Event.objects.update(start_at="2999-01-01T00:00Z", status="OPEN", end_at=None)
        client, timings = api_of(taste[0]), []

        addresses = ["?ranker=hybrid&limit=2"] * 2 + ["?ranker=hybrid&category=food", "?ranker=popular", "/popular", ""]
        answers = [client.get(f"/recommendations{address}") for address in addresses]
        answers.append(client.get(answers[0].json()["next"]))
        InteractionFactory(user=taste[0])
        answers.append(client.get("/recommendations?ranker=hybrid&limit=2"))
        for answer in answers:
            timings.append(re.findall(r'(?:^|, )listing;desc="(\w+)"(?=,)', answer["Server-Timing"]))

        assert timings == [["miss"], ["hit"], ["miss"], [], [], [], ["hit"], ["miss"]]

    def test_kept_listing_shows_nothing_that_is_no_candidate_any_more(self, run, taste):
        user, other = taste[0], taste[1]
        first = ids_of(page(user))
        Event.objects.filter(pk=first[0]).update(status="CANCELLED")
        Event.objects.filter(pk=first[1]).update(start_at=NOW, end_at=None)
        InteractionFactory(user=other, event_id=first[2], action="DISMISS")

        assert ids_of(page(user))[:3] == first[2:5]

    def test_all_filters_together_leave_few(self, run, taste):
        keys = set()
        for category in ("music", "tech", "food", "sports", "arts", "other"):
            for type in ("EVENT", "GIG"):
                feed = feed_for(viewer_of(taste[0], NOW), HYBRID, Filters(type, category))
                keys.add(feed.ranked_list.key)

        assert (len(keys), sum(cached_list(key) is not None for key in keys)) == (12, PER_USER)
