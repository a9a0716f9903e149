"""Tests of the feed inspector: what it shows is what the endpoint serves, page by page."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from rest_framework.test import APIClient

from events.categories import Category
from events.models import Event
from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from recommendations.feed.ranking import RANKERS
from recommendations.feed.reasons import criteria_of, reason_texts
from recommendations.tests.worlds import EVENTS, INTERACTIONS, INTERESTS, NOW, build
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def address(user, page="change"):
    return f"/admin/recommendations/feed/{user.pk}/{page}/"


class _UndoneError(Exception):
    """Ends an example: what it did is rolled back."""


def inspected(client, user, query):
    """Every page of the inspector: for each ranker (place, id, values, reasons, place with the other)."""
    columns, page = {}, client.get(f"/admin/recommendations/feed/{user}/change/", query)
    while True:
        assert page.status_code == 200
        for column in page.context["inspection"].columns:
            columns.setdefault(column.asked.name, []).append(
                [
                    (
                        row.place,
                        row.event.pk,
                        {criterion.name: value for criterion, value in row.values},
                        row.reasons,
                        row.elsewhere,
                    )
                    for row in column.rows
                ]
            )
        cursor = page.context["inspection"].cursor
        if cursor is None:
            return columns
        page = client.get(f"/admin/recommendations/feed/{user}/change/", {**query, "cursor": cursor})


def served(user, ranker, query):
    """Every page of the endpoint, in the same form."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user))
    answer, pages, place = client.get("/recommendations", {**query, "ranker": ranker}), [], 0
    while True:
        rows = []
        for result in answer.json()["results"]:
            place += 1
            event, signals = result["event"], {reason["signal"] for reason in result["reasons"]}
            values = {
                "interest_boost": int("interest" in signals),
                "interaction_count": event["interactionCount"],
                "start_at": Event.objects.get(pk=event["id"]).start_at,
            }
            criteria = criteria_of(RANKERS[answer.json()["ranker"]])
            kept = {criterion.name: values[criterion.name] for criterion in criteria}
            rows.append((place, event["id"], kept, tuple(reason_texts(result["reasons"]))))
        pages.append(rows)
        if answer.json()["next"] is None:
            return pages
        answer = client.get(answer.json()["next"])


@pytest.mark.property
@profile(max_examples=10)
@given(
    events=st.lists(EVENTS, max_size=14),
    interests=st.lists(INTERESTS, min_size=1, max_size=3),
    interactions=INTERACTIONS,
    limit=st.sampled_from([1, 2, 3, 100]),
    ranker=st.sampled_from(sorted(RANKERS)),
    beside=st.sampled_from(["", *sorted(RANKERS)]),
    type=st.sampled_from(["", "", "EVENT"]),
    category=st.sampled_from(["", "", "music"]),
)
def test_what_it_shows_is_what_the_endpoint_serves(
    planner_settings, staff, events, interests, interactions, limit, ranker, beside, type, category
):
    with pytest.raises(_UndoneError), transaction.atomic(), time_machine.travel(NOW, tick=False):
        user = sorted(build(events, interests, interactions).users)[-1]
        planner_settings.rows_written()
        filters = {name: value for name, value in (("type", type), ("category", category)) if value}

        columns = inspected(
            staff, user, {**filters, "limit": limit, "ranker": ranker, "beside": beside, "now": NOW.isoformat()}
        )

        # Beside itself is beside nothing.
        beside = "" if beside == ranker else beside
        names = [ranker, beside] if beside else [ranker]
        if category:
            filters["category"] = (category,)
        expected = {name: served(user, name, {**filters, "limit": limit}) for name in names}
        places = {name: {row[1]: row[0] for page in pages for row in page} for name, pages in expected.items()}
        for name, other in zip(names, reversed(names), strict=True):
            # A feed that ends before the other one is shown as ended meanwhile.
            ended = [[]] * (len(columns[name]) - len(expected[name]))
            assert [[row[:4] for row in page] for page in columns[name]] == expected[name] + ended
            elsewhere = [places[other][row[1]] if beside else None for page in columns[name] for row in page]
            assert [row[4] for page in columns[name] for row in page] == elsewhere
        raise _UndoneError


def test_two_rankers_stand_side_by_side(staff, ana):
    match = EventFactory(title="Jazz night", category="music")
    popular = EventFactory(title="Food fair", category="food")
    InteractionFactory(event=popular)

    page = staff.get(address(ana), {"beside": "popular"}).content.decode()

    shown = [
        str(match), str(popular), "Recommended <span", "Popular <span", "<dd>1</dd>", "<dd>0</dd>",
        "Music is one of your interests<br>New: nobody has interacted",
        f'/admin/recommendations/feed/{ana.pk}/why-not/?event={match.pk}&amp;ranker=popular">why here?',
    ]  # fmt: skip
    assert [part for part in shown if part not in page] == []


@pytest.mark.parametrize(("beside", "reached"), [("", 1), ("popular", 4)])
@pytest.mark.parametrize("rows", [10, 1_000])
def test_queries(staff, ana, django_assert_num_queries, rows, beside, reached):
    EventFactory.create_batch(rows, category="music")
    EventFactory.create_batch(rows, category="food")
    first = staff.get(address(ana), {"beside": beside, "limit": 5})

    # Session, user, owner; a page of each ranker, its first 500 if there are two.
    with django_assert_num_queries(3 + reached):
        staff.get(address(ana), {"beside": beside, "limit": 5})
    with django_assert_num_queries(3 + reached):
        staff.get(address(ana), {"beside": beside, "limit": 5, "cursor": first.context["inspection"].cursor})


def test_user_is_named_by_name_mail_or_id(staff, ana):
    for name in ("ana", "ANA@example.org", str(ana.pk)):
        answer = staff.get("/admin/recommendations/feed/", {"user": name})
        assert (answer.status_code, answer["Location"]) == (302, address(ana))


def test_user_who_is_not_there_is_refused_with_those_alike(staff, ana):
    UserFactory(username="ben")
    UserFactory(username="zoe", display_name="Anna Nana")

    answer = staff.get("/admin/recommendations/feed/", {"user": "NA"})

    assert (answer.status_code, answer.context["alike"]) == (400, ["ana", "zoe"])
    assert answer.context["errors"] == [
        'User: There is no user "NA". Give an exact username, an e-mail address or an id.'
    ]


def test_clock_moves(staff, ana):
    EventFactory(title="past", start_at=NOW - timedelta(days=1))
    coming = EventFactory(title="coming", start_at=NOW + timedelta(days=1))

    def ids(now):
        inspection = staff.get(address(ana), {"now": now}).context["inspection"]
        return [row.event.title for row in inspection.columns[0].rows]

    assert ids("2026-05-01T12:00") == ids("2026-05-01T14:00+02:00") == ["coming"]
    assert ids("2026-04-30") == ["past", "coming"]
    assert ids(coming.start_at.isoformat()) == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("ranker=best", "Ranker: Select a valid choice. best is not one of the available choices."),
        ("beside=best", "Beside it: Select a valid choice. best is not one of the available choices."),
        ("cursor=x", "This page belongs to another feed, or has expired. Start again with the first page."),
        ("now=yesterday", 'As of: "yesterday" is not a time. Write 2026-05-17, 2026-05-17T19:00 or 2026-05-17T19:00+02:00.'),
        ("now=%00", "As of: Null characters are not allowed."),
        ("limit=0", "Rows: Ensure this value is greater than or equal to 1."),
        ("limit=" + "9" * 30, "Rows: Ensure this value is less than or equal to 100."),
        ("category=knitting", f"Category: Choose among: {', '.join(Category.values)}; several are separated by commas."),
        ("rankr=popular", "There is no parameter rankr."),
        ("limit=5&limit=6", "Give the parameter limit once."),
    ],
)  # fmt: skip
def test_bad_parameter_is_refused(staff, ana, query, sentence):
    page = staff.get(f"{address(ana)}?{query}")

    assert (page.status_code, page.context["errors"]) == (400, [sentence])
    assert f'<p class="errornote">{sentence}</p>' in unescape(page.content.decode())


def test_cursor_of_another_look_is_refused(staff, ana):
    EventFactory.create_batch(3)
    cursor = staff.get(address(ana), {"limit": 1}).context["inspection"].cursor

    foreign = [{"ranker": "popular"}, {"beside": "popular"}, {"type": "EVENT"}]
    statuses = [staff.get(address(ana), {"limit": 1, **look, "cursor": cursor}).status_code for look in foreign]
    statuses.append(staff.get(address(UserFactory()), {"limit": 1, "cursor": cursor}).status_code)

    assert statuses == [400] * 4


def test_empty_feed_says_so(staff, ana):
    assert "The feed is empty" in staff.get(address(ana)).content.decode()


def test_feeds_need_their_permission(ana):
    clerk = UserFactory(username="clerk", is_staff=True)
    client = Client()
    client.force_login(clerk)
    event = EventFactory()
    pages = ["/admin/recommendations/feed/", address(ana), address(ana, "why-not") + f"?event={event.pk}"]

    assert [client.get(page).status_code for page in pages] == [403] * 3
    clerk.user_permissions.add(Permission.objects.get(codename="view_feed"))
    answers = [client.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [
        place in answer.content.decode() for answer in answers for place in ("/admin/users/", "/admin/events/")
    ] == ([False] * 6)


def test_unknown_owner_is_a_404(staff):
    assert [staff.get(f"/admin/recommendations/feed/{key}/change/").status_code for key in (10**9, "x")] == [404] * 2
