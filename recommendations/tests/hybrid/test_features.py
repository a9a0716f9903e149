"""Tests of the features: each computed by hand on a tiny world, and blind to what came later."""

from datetime import UTC, datetime, timedelta
from math import log, nan, pi, sqrt

import numpy as np
import pytest

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.hybrid.entity_statistics import EntityStatistics, series_key
from recommendations.hybrid.feature_context import context_for
from recommendations.hybrid.features import COLUMN_OF, FEATURES, feature_matrix
from recommendations.models import EventEmbedding
from recommendations.tests.encoders import QuickEncoder
from recommendations.training.models import learned_statistics
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# A Monday.
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_DEGREE_KM = 6_371.0088 * pi / 180

# Ana applied to A half a year ago (.5 is left of it) and to C a year ago (.25), and dismissed B half a year ago (-.25).
# A and B are the club's, A's venue, category, title and first tag are those of X. Of Y nothing is known.
EXPECTED = {
    # feature: (of X, of Y)
    "organiser_affinity": (0.5 - 0.25, 0),
    "organiser_share": (0.25 / 1.75, 0),
    "organiser_deeds": (1, 0),
    "organiser_days": (180, nan),
    "organiser_ahead": (1, 0),  # B
    "organiser_untaken": (0, 0),
    "venue_affinity": (0.5, 0),
    "venue_share": (0.5 / 1.75, 0),
    "category_affinity": (0.5 - 0.25, 0),
    "category_share": (0.25 / 1.75, 0),
    "interest_match": (1, 0),
    "interests": (2, 2),
    "tag_share": ((0.25 / 1.75 + 0) / 2, 0),
    "tag_best": (0.25 / 1.75, 0),
    "title_deeds": (1, 0),
    "deeds": (2, 2),
    "days_since": (180, 180),
    "home_km": (_DEGREE_KM, nan),
    "usual_km": (_DEGREE_KM / 2, nan),
    "lead_days": (7, 15.25),
    "weekday_share": ((0.5 + 1 / 7) / 1.75, (0.25 + 1 / 7) / 1.75),  # A was on a Monday, C on a Tuesday
    "hour_fit": ((0.25 + 1 / 6) / 1.75, (0.5 + 1 / 6) / 1.75),  # C was at 13:00, A at 20:00
    "hour": (12, 18),
    "people": (log(3), 0),  # Ben and Cy
    "lately": (log(2), 0),  # Cy, twice
    "committed": (log(2), 0),  # Ben
    "dismissed_share": (1 / 5, 0),  # Dora; 1 of 3, and 2
    "organiser_people": (log(1 + 3), 0),
    "organiser_draw": (log(1 + 4 / 2), nan),
    "venue_draw": (log(1 + 1 / 2), nan),
    "organiser_trend": (log(1 + 1.5), 0),
    "venue_trend": (log(1 + 0.5), 0),
    "people_rank": (0.75, 0.25),
    "organiser_trend_rank": (0.75, 0.25),
    "start_rank": (0.25, 0.75),
    "peers": (log(2), 0),  # Ben
    "peer_share": (1 / 4, 0),
    "shared": (log(3), 0),  # Ben also did something with A and C
    "series_people": (log(3), 0),
    "series_draw": (log(1 + 3 / 2), nan),
    "series_trend": (log(1 + 0.25), 0),
    "organiser_neighbours": (0.25 * 0.8 / 1.75, 0),
    # The person's one factor: 3 * (1 + 1/2 + 1/4) / (1 + 2 * (1 + 1/4 + 1/16) + 1/2).
    "factors_event": (2 * 14 / 11, nan),
    "factors_organiser": (1 * 14 / 11, nan),
    "factors_venue": (0.5 * 14 / 11, nan),
    "factors_category": (0.25 * 14 / 11, nan),
    "similarity": (0.5 / sqrt(0.5**2 + 0.25**2), nan),
}


def done(user, event, action, **before):
    return Interaction.objects.create(user=user, event=event, action=action, created_at=NOW - timedelta(**before))


@pytest.fixture
def world(settings):
    """Ana, what is known of the organisers, and the ids of X and Y."""
    settings.EMBEDDER = "recommendations.tests.encoders.QuickEncoder"
    ana = UserFactory(username="ana", interests=["music", "food"], latitude=48, longitude=14)
    ben, cy, dora = (UserFactory(username=name) for name in ("ben", "cy", "dora"))
    club, other = OrganiserFactory(name="Club"), OrganiserFactory(name="Other")
    a = EventFactory(
        title="Jazz", organiser=club, location_name="Hall", category="music", tags=["jazz", "live"],
        latitude=49.5, longitude=14, start_at=NOW - timedelta(days=7, hours=-8), status="COMPLETED",
    )  # fmt: skip
    b = EventFactory(organiser=club, category="music", tags=["jazz"], start_at=NOW + timedelta(days=3))
    c = EventFactory(
        organiser=other, category="tech", tags=["code"], start_at=NOW - timedelta(days=6, hours=-1), status="COMPLETED"
    )
    x = EventFactory(
        title="Jazz", organiser=club, location_name="Hall", category="music", tags=["jazz", "dance"],
        latitude=49, longitude=14, start_at=NOW + timedelta(days=7),
    )  # fmt: skip
    y = EventFactory(title="Something", start_at=NOW + timedelta(days=15, hours=6))
    done(ana, a, "APPLY", days=180)
    done(ana, b, "DISMISS", days=180)
    done(ana, c, "APPLY", days=360)
    done(ben, a, "VIEW", days=40)
    done(ben, c, "SAVE", days=40)
    done(ben, x, "APPLY", days=30)
    done(cy, x, "VIEW", days=2)
    done(cy, x, "VIEW", days=1)
    done(dora, x, "DISMISS", days=1)
    east, north = [1.0, *[0.0] * 7], [0.0, 1.0, *[0.0] * 6]
    EventEmbedding.objects.bulk_create(
        EventEmbedding(event=event, model="quick", version=QuickEncoder.version, text_hash="", vector=vector)
        for event, vector in ((a, east), (c, north), (x, east))
    )
    statistics = EntityStatistics(
        index={
            ("event", str(x.pk)): 0,
            ("organiser", str(club.pk)): 1,
            ("venue", "Hall"): 2,
            ("category", "music"): 3,
            ("series", series_key(club.pk, "Jazz")): 4,
        },
        factors=np.array([[2], [1], [0.5], [0.25], [0]], np.float32),
        gram=np.ones((1, 1), np.float32),
        people=np.array([2, 3, 1, 1, 2], np.float32),
        interactions=np.array([2, 4, 1, 1, 3], np.float32),
        events=np.array([1, 2, 2, 2, 2], np.float32),
        trend=np.array([0, 1.5, 0.5, 0, 0.25], np.float32),
        neighbours={str(other.pk): ((str(club.pk), 0.8),)},
        regularisation=0.5,
        confidence=4.0,
    )
    return ana, statistics, (x.pk, y.pk)


def features_at(user, statistics, now=NOW):
    context = context_for(viewer_of(user, now), NO_FILTERS, statistics)
    return tuple(candidate.event_id for candidate in context.candidates), feature_matrix(context)


def test_table_has_every_feature():
    assert list(EXPECTED) == [feature.name for feature in FEATURES]


def test_each_is_what_it_is_by_hand(world):
    ana, statistics, ids = world

    event_ids, matrix = features_at(ana, statistics)

    assert event_ids == ids
    values = {feature.name: tuple(matrix[:, place]) for place, feature in enumerate(FEATURES)}
    wrong = {name: got for name, got in values.items() if got != pytest.approx(EXPECTED[name], rel=1e-6, nan_ok=True)}
    assert wrong == {}


def test_person_with_nothing_has_a_row_all_the_same(world):
    _, statistics, (x, _y) = world

    event_ids, matrix = features_at(UserFactory(), statistics)

    values = dict(zip((feature.name for feature in FEATURES), matrix[event_ids.index(x)].tolist(), strict=True))
    known = {"organiser_affinity", "organiser_deeds", "deeds", "interests", "interest_match", "peers"}
    unknown = {"organiser_days", "days_since", "home_km", "usual_km", "weekday_share", "hour_fit", "similarity"}
    assert {name: values[name] for name in known} == dict.fromkeys(known, 0)
    assert [name for name in sorted(unknown) if values[name] == values[name]] == []


def test_no_candidates_give_no_row(world):
    ana, statistics, _ = world
    Event.objects.all().delete()

    assert features_at(ana, statistics)[1].shape == (0, len(FEATURES))


class TestWhatCameLater:
    """Only what preceded a moment counts at it: what happens at the moment itself or later changes nothing."""

    def plant(self, ids, days=0):
        users = [*UserFactory.create_batch(3), *Interaction.objects.order_by("pk").values_list("user", flat=True)]
        Interaction.objects.bulk_create(
            Interaction(
                user_id=getattr(user, "pk", user),
                event_id=event_id,
                action=action,
                created_at=NOW + timedelta(days, hours=later),
            )
            for user in users
            for event_id in ids
            for later, action in ((0, "APPLY"), (1, "DISMISS"), (30, "VIEW"))
        )

    def test_features_do_not_see_it(self, world):
        ana, statistics, ids = world
        before = features_at(ana, statistics)

        self.plant(ids)
        planted = features_at(ana, statistics)
        # They are never changed: to shift them is to write others.
        Interaction.objects.filter(created_at__gte=NOW).delete()
        self.plant(ids, days=400)
        shifted = features_at(ana, statistics)

        for event_ids, matrix in (planted, shifted):
            assert (event_ids, matrix.tobytes()) == (before[0], before[1].tobytes())

    def test_they_see_it_a_moment_later(self, world):
        _ana, statistics, ids = world
        self.plant(ids[:1])

        event_ids, matrix = features_at(UserFactory(), statistics, NOW + timedelta(seconds=1))

        people = COLUMN_OF["people"]
        # Three more, and Ana; Ben, Cy and Dora too.
        assert matrix[event_ids.index(ids[0]), people] == pytest.approx(log(1 + 7))

    def test_learning_does_not_see_it(self, world):
        _, _, ids = world
        before = learned_statistics(NOW, 1)

        self.plant(ids)
        after = learned_statistics(NOW, 1)

        assert after.index == before.index
        for name in ("factors", "gram", "people", "interactions", "events", "trend"):
            assert getattr(after, name).tobytes() == getattr(before, name).tobytes(), name
        assert (after.neighbours, after.popular) == (before.neighbours, before.popular)
        assert learned_statistics(NOW + timedelta(seconds=1), 1).people.sum() > before.people.sum()
