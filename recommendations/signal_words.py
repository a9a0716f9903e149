"""This file holds what the hybrid's signals are called towards the person whose feed it is."""

from collections.abc import Callable
from math import expm1

from events.models import Event
from recommendations.feed.ranked_list import Attribution


def _times(number: float) -> str:
    times = round(number)
    return {1: "once", 2: "twice"}.get(times, f"{times:,} times")


def _people(value: float) -> str:
    people = round(expm1(value))
    return "1 person" if people == 1 else f"{people:,} people"


def _organiser(event: Event) -> str:
    return event.organiser.name if event.organiser else "its organiser"


def _chosen_organiser(event: Event, value: float) -> str:
    return f"You chose {_organiser(event)} before"


def _organiser_deeds(event: Event, value: float) -> str:
    return f"You chose {_organiser(event)} {_times(value)}" if value >= 1 else "Something by an organiser new to you"


def _organiser_ahead(event: Event, value: float) -> str:
    return f"The next by {_organiser(event)}" if value == 0 else f"{_organiser(event)} has {value:,.0f} before it"


def _venue(event: Event, value: float) -> str:
    return f"You were at {event.location_name or 'this place'} before" if value > 0 else "At a place new to you"


def _category(event: Event, value: float) -> str:
    name = event.category_name or "Things like it"
    return f"{name} is a part of what you choose" if value > 0 else f"{name} would be new to you"


def _tags(event: Event, value: float) -> str:
    return "Its tags are those of what you chose" if value > 0 else "Its tags are new to you"


def _near_home(event: Event, value: float) -> str:
    return f"{value:,.0f} km from your home" if value >= 1 else "Less than a kilometre from your home"


def _near_usual(event: Event, value: float) -> str:
    return f"{value:,.0f} km from where you go" if value >= 1 else "Where you go anyway"


def _lead(event: Event, value: float) -> str:
    return f"Starts in {value:,.0f} days" if value >= 2 else "Starts very soon"


def _peers(event: Event, value: float) -> str:
    return f"{_people(value)} who chose what you chose like it" if value > 0 else "New among people like you"


def _all_the_same(text: str) -> Callable[[Event, float], str]:
    return lambda event, value: text


_WORDS: dict[str, Callable[[Event, float], str]] = {
    "organiser_affinity": _chosen_organiser,
    "organiser_share": _chosen_organiser,
    "organiser_deeds": _organiser_deeds,
    "organiser_days": lambda event, value: f"You chose {_organiser(event)} {value:,.0f} days ago",
    "organiser_ahead": _organiser_ahead,
    "organiser_untaken": _organiser_ahead,
    "venue_affinity": _venue,
    "venue_share": _venue,
    "category_affinity": _category,
    "category_share": _category,
    "interest_match": lambda event, value: (
        f"{event.category_name} is one of your interests" if value else "Outside your interests"
    ),
    "interests": _all_the_same("Fits how many interests you have"),
    "tag_share": _tags,
    "tag_best": _tags,
    "title_deeds": lambda event, value: (
        f"You chose {event.title} {_times(value)}" if value >= 1 else "Something you have not been to"
    ),
    "deeds": _all_the_same("Fits how much you have chosen before"),
    "days_since": _all_the_same("Fits how long you have been away"),
    "home_km": _near_home,
    "usual_km": _near_usual,
    "lead_days": _lead,
    "weekday_share": _all_the_same("On a day of the week when you go out"),
    "hour_fit": _all_the_same("At an hour when you go out"),
    "hour": _all_the_same("At an hour when many go out"),
    "people": lambda event, value: f"{_people(value)} are interested" if value > 0 else "Still to be discovered",
    "lately": lambda event, value: f"{_people(value)} this week" if value > 0 else "Quiet this week",
    "committed": lambda event, value: f"{_people(value)} applied" if value > 0 else "Nobody has applied yet",
    "dismissed_share": _all_the_same("Hardly anybody dismissed it"),
    "organiser_people": lambda event, value: f"{_organiser(event)} has reached {_people(value)}",
    "organiser_draw": lambda event, value: f"What {_organiser(event)} puts on is well attended",
    "venue_draw": lambda event, value: f"What is on at {event.location_name or 'this place'} is well attended",
    "organiser_trend": lambda event, value: f"Much is going on at {_organiser(event)}",
    "venue_trend": lambda event, value: f"Much is going on at {event.location_name or 'this place'}",
    "people_rank": _all_the_same("More people are interested than in most"),
    "organiser_trend_rank": lambda event, value: f"{_organiser(event)} is on the rise",
    "start_rank": _all_the_same("Well placed in the calendar"),
    "peers": _peers,
    "peer_share": _all_the_same("Liked by people who chose what you chose"),
    "shared": _all_the_same("Whoever applied chose much of what you chose"),
    "series_people": lambda event, value: (
        f"{_people(value)} chose {event.title} before" if value > 0 else "New under this title"
    ),
    "series_draw": lambda event, value: f"{event.title} is well attended",
    "series_trend": lambda event, value: f"Many chose {event.title} of late" if value > 0 else "Not one of a series",
    "organiser_neighbours": lambda event, value: f"People who choose your organisers choose {_organiser(event)}",
    "factors_event": _all_the_same("People of your taste choose it"),
    "factors_organiser": lambda event, value: f"People of your taste choose {_organiser(event)}",
    "factors_venue": _all_the_same("People of your taste go there"),
    "factors_category": _all_the_same("People of your taste choose such things"),
    "similarity": _all_the_same("It reads like what you chose"),
}


def in_words(event: Event, attribution: Attribution) -> str:
    """Return what a signal's value says of an event, as a sentence for the person; its name if it has no words."""
    words = _WORDS.get(attribution.feature)
    return attribution.feature if words is None else words(event, attribution.value)
