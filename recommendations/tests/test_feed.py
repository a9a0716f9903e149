"""Tests of reading a feed while other connections write: no event comes twice."""

import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from events.categories import Category
from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction, Tally
from interactions.tests.factories import InteractionFactory
from recommendations.checking import defined
from recommendations.explain.position import position_of
from recommendations.feed.pagination import event_in, page_for, whole_feed
from recommendations.feed.ranking import HEURISTIC, POPULAR, RANKERS, UPCOMING, Feed, Ranker
from recommendations.feed.reasons import criteria_of
from recommendations.feed.viewer import Viewer, viewer_of
from users.tests.factories import UserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def event(interactions=0, **values):
    made = EventFactory(start_at=NOW + timedelta(days=1), **values)
    InteractionFactory.create_batch(interactions, event=made, user=UserFactory())
    return made


def pages(viewer, limit, between=lambda: None, ranker=HEURISTIC):
    """The feed's ids, page by page, with something happening between two pages."""
    after, served = None, []
    while True:
        page = page_for(Feed(viewer, ranker), limit=limit, after=after)
        served.append([row.pk for row in page.events])
        after = page.end
        if after is None:
            return served
        between()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "order",
    [("-start_at", "id"), ("interaction_count", "-start_at", "-id"), ("-created_at", "-interest_boost", "id")],
)
def test_any_order_is_served_page_by_page(order):
    for number in range(12):
        made = event(
            number % 3, category=("music", "food")[number % 2], created_at=NOW - timedelta(microseconds=number // 3)
        )
        Event.objects.filter(pk=made.pk).update(start_at=NOW + timedelta(days=1 + number % 4))
    viewer, ranker = viewer_of(UserFactory(interests=["music"]), NOW), Ranker("other", "Other", order)
    feed = Feed(viewer, ranker)
    whole = [row.pk for row in defined(feed)]

    assert len(whole) == 12
    assert pages(viewer, 5, ranker=ranker) == [whole[:5], whole[5:10], whole[10:]]
    assert [position_of(event_in(feed, pk), feed) for pk in whole] == list(range(1, 13))


@pytest.fixture
def other_connection(transactional_db):
    """A second connection to the same database, as another process has."""
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "cursor_factory"}
    parameters.pop("context", None)
    with psycopg.connect(**parameters) as other:
        yield other


@pytest.mark.django_db
def test_interactions_pouring_in_between_pages_repeat_nothing():
    events = [event(interactions=number % 3) for number in range(9)]
    viewer = viewer_of(UserFactory(), NOW)
    crowd = UserFactory()

    def pour():
        Interaction.objects.bulk_create([Interaction(user=crowd, event=row, action="VIEW") for row in events[::2]])

    seen = [key for page in pages(viewer, 2, pour) for key in page]

    assert len(seen) == len(set(seen))
    assert set(pages(viewer, 2)[0]) <= {row.pk for row in events}


@pytest.mark.django_db
def test_event_that_lost_interactions_after_it_was_seen_is_not_met_again():
    first, second, third = event(3), event(2), event(1)

    served = pages(viewer_of(UserFactory(), NOW), 1, lambda: Interaction.objects.filter(event=first).delete())

    assert served == [[first.pk], [second.pk], [third.pk]]


@pytest.mark.django_db
def test_event_that_lost_interactions_before_the_first_page_is_not_left_out():
    first, second = event(3), event(2)
    Interaction.objects.filter(event=first).delete()

    assert pages(viewer_of(UserFactory(), NOW), 1) == [[second.pk], [first.pk]]


def test_change_that_commits_after_the_first_page_counts_as_later(other_connection):
    first, second, third = event(3), event(2), event(1)
    viewer = viewer_of(UserFactory(), NOW)
    other_connection.execute("DELETE FROM interactions_interaction WHERE event_id = %s", [first.pk])

    served = pages(viewer, 1, other_connection.commit)

    assert served == [[first.pk], [second.pk], [third.pk]]


def test_long_transaction_elsewhere_leaves_nothing_out(other_connection):
    first, second = event(3), event(2)
    viewer = viewer_of(UserFactory(), NOW)
    # It has a transaction id and goes on; what others committed meanwhile is visible all the same.
    other_connection.execute("INSERT INTO events_organiser (name) VALUES ('busy')")
    Interaction.objects.filter(event=first).delete()

    assert pages(viewer, 1) == [[second.pk], [first.pk]]


@pytest.mark.django_db
def test_mark_restored_from_another_server_leaves_nothing_out():
    first, second = event(3), event(2)
    Tally.objects.filter(event=second).update(demoted_xid=2**60, demoted_at=NOW)

    assert pages(viewer_of(UserFactory(), NOW), 1) == [[first.pk], [second.pk]]


@pytest.mark.django_db
def test_page_across_the_tiers():
    viewer = viewer_of(UserFactory(interests=["music"]), NOW)
    rest = event(5)
    match = event(category="music")
    other = event(3)

    assert pages(viewer, 2) == [[match.pk, rest.pk], [other.pk]]
    assert pages(viewer, 3) == [[match.pk, rest.pk, other.pk]]


@pytest.mark.django_db
@pytest.mark.parametrize("ranker", [HEURISTIC, POPULAR], ids=lambda ranker: ranker.name)
@pytest.mark.parametrize("crowded", [0, 30, 100])
def test_pages_of_any_size_are_the_definitions(ranker, crowded):
    # So many of the most popular are of one category and type, the others lie anywhere.
    chance, crowd, categories = random.Random(crowded), UserFactory(), [*Category.values, None]
    for number in range(120):
        first = number < crowded
        made = EventFactory(
            start_at=NOW + timedelta(days=chance.randint(1, 3)),
            category="music" if first else chance.choice(categories),
            type="GIG" if first else chance.choice(Event.Type.values),
        )
        Interaction.objects.bulk_create([Interaction(user=crowd, event=made, action="VIEW")] * ((120 - number) // 4))
    viewer = viewer_of(UserFactory(interests=["tech"]), NOW)
    expected = list(defined(Feed(viewer, ranker)).values_list("pk", flat=True))

    for limit in (1, 7, 15, 16, 20, 50, 100):
        assert [key for page in pages(viewer, limit, ranker=ranker) for key in page] == expected


@pytest.mark.django_db
def test_feed_is_the_definitions_under_every_plan(planner_settings):
    # Too many of one slice for a page to have all of them, and others. The order of insertion is not the order of the feed.
    categories = ["music"] * 3 + ["tech", "food", None]
    for number in range(60):
        event(number % 7, category=categories[number % 6], type="GIG" if number % 5 == 0 else "EVENT")
    planner_settings.rows_written()

    for interests in ([], ["tech"], ["music", "food"]):
        viewer = viewer_of(UserFactory(interests=interests), NOW)
        InteractionFactory(user=viewer.user, event=Event.objects.order_by("pk")[7], action="DISMISS")
        for ranker in (HEURISTIC, POPULAR, UPCOMING):
            expected = list(defined(Feed(viewer, ranker)).values_list("pk", flat=True))
            assert len(expected) == 59
            for limit in (5, 20, 100):
                assert [key for page in pages(viewer, limit, ranker=ranker) for key in page] == expected


@pytest.mark.django_db
@pytest.mark.parametrize("ranker", RANKERS.values(), ids=lambda ranker: ranker.name)
@pytest.mark.parametrize("interests", [[], ["music"], ["music", "tech", "food"]])
class TestEveryRanker:
    """The suite that every ranker passes."""

    @pytest.fixture
    def viewer(self, interests):
        user = UserFactory(interests=interests)
        for number in range(7):
            event(number % 3, category=["music", "tech", None][number % 3])
        InteractionFactory(user=user, event=event(), action="DISMISS")
        InteractionFactory(user=user, event=event(), action="SAVE")
        event(status="CANCELLED")
        EventFactory(start_at=NOW)
        return viewer_of(user, NOW)

    def test_covers_the_candidates_once_at_every_limit(self, viewer, ranker):
        candidates = {
            row.pk
            for row in Event.objects.bookable().starting_after(NOW)
            if not row.interactions.filter(user=viewer.user, action="DISMISS").exists()
        }
        whole = [row.pk for row in whole_feed(Feed(viewer, ranker))]

        assert sorted(whole) == sorted(candidates)
        assert len(whole) == 8
        for limit in (1, 2, 3, 8, 9):
            after, served = None, []
            while True:
                page = page_for(Feed(viewer, ranker), limit=limit, after=after)
                served += [row.pk for row in page.events]
                after = page.end
                if after is None:
                    break
            assert served == whole

    @pytest.mark.parametrize("category", ["juggling", 'of "{a, b}" \\ ünlü', "null"])
    def test_keeps_categories_that_have_left_the_vocabulary(self, viewer, ranker, category):
        gone = event(category=category)

        assert gone.pk in [row.pk for row in whole_feed(Feed(viewer, ranker))]
        assert gone.pk in [row.pk for row in whole_feed(Feed(Viewer(viewer.user, NOW, ("music", category)), ranker))]

    def test_has_every_criterion_on_every_row(self, viewer, ranker):
        # Only what is on a ranked list has an item there.
        criteria = [criterion for criterion in criteria_of(ranker) if criterion.name != "ranked_item"]

        for row in whole_feed(Feed(viewer, ranker)):
            assert [getattr(row, criterion.name) is not None for criterion in criteria] == [True] * len(criteria)

    def test_has_every_column_on_every_row(self, viewer, ranker):
        Event.objects.update(organiser=OrganiserFactory())

        for row in whole_feed(Feed(viewer, ranker)):
            stored = Event.objects.select_related("organiser").get(pk=row.pk)
            assert {field.attname: getattr(row, field.attname) for field in Event._meta.concrete_fields} == {
                field.attname: getattr(stored, field.attname) for field in Event._meta.concrete_fields
            }
            assert (row.organiser.name, row.organiser.external_id) == (
                stored.organiser.name,
                stored.organiser.external_id,
            )

    def test_needs_at_most_two_statements(self, viewer, ranker, django_assert_max_num_queries):
        with django_assert_max_num_queries(2):  # where a ranked list ends
            page = page_for(Feed(viewer, ranker), limit=100)
            assert [row.organiser for row in page.events] == [None] * 8

    def test_empty_catalogue_is_an_empty_feed(self, viewer, ranker):
        Event.objects.all().delete()

        assert list(whole_feed(Feed(viewer, ranker))) == []
