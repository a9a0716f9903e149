"""The factory of interactions."""

import factory

from events.tests.factories import EventFactory
from interactions.models import Interaction
from users.tests.factories import UserFactory


class InteractionFactory(factory.django.DjangoModelFactory[Interaction]):
    class Meta:
        model = Interaction

    user = factory.SubFactory(UserFactory)
    event = factory.SubFactory(EventFactory)
    action = Interaction.Action.VIEW
