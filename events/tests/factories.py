"""The factories of events and organisers."""

from datetime import timedelta

import factory
from django.utils import timezone

from events.models import Event, Organiser


class OrganiserFactory(factory.django.DjangoModelFactory[Organiser]):
    class Meta:
        model = Organiser

    name = factory.Sequence(lambda number: f"Organiser {number}")


class EventFactory(factory.django.DjangoModelFactory[Event]):
    class Meta:
        model = Event

    title = factory.Sequence(lambda number: f"Event {number}")
    type = Event.Type.EVENT
    status = Event.Status.OPEN
    start_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    price_min = None
    price_max = None
    # A price above 0 needs one.
    currency = factory.LazyAttribute(lambda event: "EUR" if event.price_min or event.price_max else None)
