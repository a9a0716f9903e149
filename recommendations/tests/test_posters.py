"""Tests of the drawn posters."""

from events.categories import Category
from events.tests.factories import EventFactory
from recommendations.pages.posters import poster_of


def test_poster_is_the_same_for_the_same_title_and_category():
    first, again, other = (EventFactory.build(title=title, category="music") for title in ("A", "A", "B"))

    assert poster_of(first) == poster_of(again) != poster_of(other)
    assert all(poster_of(EventFactory.build(category=name)).strokes for name in (None, *Category.values))
