"""How long the admin's pages take in the largest world."""

import time
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.figures import Figure, Part, Run, high, ms
from events.models import Event
from interactions.models import Tally
from users.models import User

REPEATS = 7
BAR_MS = 1_000.0
_STAFF = "staff-of-the-benchmark"


def staff(run: Run) -> Part:
    """Ask for each page of the admin as a superuser does, without a server in between."""
    world = run.largest
    run.server.database_of_django(world.database)
    settings.ALLOWED_HOSTS = ["testserver"]
    User.objects.filter(username=_STAFF).delete()
    client = Client()
    client.force_login(User.objects.create_superuser(_STAFF))
    try:
        figures = [_figure(client, world.size, what, address) for what, address in _addresses().items()]
    finally:
        User.objects.filter(username=_STAFF).delete()
        connection.close()
    how = (
        f"From the request to the last byte of the page, in one process; median and 95th percentile of {REPEATS} "
        "requests after a first one. What is searched for is in the address."
    )
    return Part("The admin", how, tuple(figures))


def _addresses() -> dict[str, str]:
    person = User.objects.filter(interests__len=3).order_by("pk")[:1].get()
    popular = Tally.objects.order_by("-interaction_count", "pk")[:1].get()
    # Nothing is further back than an event of no interest that starts last.
    open_events = Event.objects.filter(status="OPEN", start_at__gt=timezone.now())
    last = open_events.exclude(category__in=person.interests).order_by("-start_at", "pk")[:1].get()
    events, interactions = "/admin/events/event/", "/admin/interactions/interaction/"
    feed = f"/admin/recommendations/feed/{person.pk}"
    return {
        "events": events,
        "events, the last page": f"{events}?p=100",
        "events, a filter that few pass": f"{events}?start=upcoming&status__exact=CANCELLED",
        "events, filters that none passes": f"{events}?start=upcoming&status__exact=COMPLETED",
        "events, a word of all": f"{events}?q=evening",
        "events, a word of one": f"{events}?q=123456",
        "events, organisers by name": f"{events}?q=Organiser+77",
        "organisers": "/admin/events/organiser/",
        "users": "/admin/users/user/",
        "users, a part of some names": "/admin/users/user/?q=777",
        "users without interests": "/admin/users/user/?interests=none",
        "interactions": interactions,
        "interactions of a user": f"{interactions}?q={person.username}",
        f"interactions of an event with {popular.interaction_count:,}": f"{interactions}?q=%23{popular.pk}",
        "events from few people, of a week": f"{interactions}concentration/?window=week",
        f"page of an event with {popular.interaction_count:,} interactions": f"{events}{popular.pk}/change/",
        "page of a user": f"/admin/users/user/{person.pk}/change/",
        "inspector": f"{feed}/change/",
        "inspector, two rankers": f"{feed}/change/?beside=popular",
        "why not the last of all": f"{feed}/why-not/?event={last.pk}",
        "why not the last of all, upcoming": f"{feed}/why-not/?event={last.pk}&ranker=upcoming",
    }


def _figure(client: Client, size: str, what: str, address: str) -> Figure:
    values = []
    for _ in range(REPEATS + 1):
        began = time.perf_counter()
        answer = client.get(address)
        values.append((time.perf_counter() - began) * 1_000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} was answered {answer.status_code}.")
    took = values[1:]
    met = median(took) <= BAR_MS
    return Figure(size, what, ms(median(took)), ms(high(took)), bar=f"≤ {ms(BAR_MS)}", met=met)
