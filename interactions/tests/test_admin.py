"""Tests of the admin's list of interactions: their export."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_export_has_those_that_are_filtered():
    clerk = UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_interaction"))
    client = Client()
    client.force_login(clerk)
    ana, jazz = UserFactory(username="=ana"), EventFactory(title="Jazz night")
    row = InteractionFactory(user=ana, event=jazz, action="SAVE")
    InteractionFactory(user=ana, event=jazz, action="VIEW")

    answer = client.post(
        "/admin/interactions/interaction/?action__exact=SAVE",
        {"action": "export_as_csv", "_selected_action": [row.pk], "select_across": 1},
    )

    assert b"".join(answer.streaming_content).decode("utf-8-sig").splitlines() == [
        "id,created_at,user_id,user__username,action,event_id,event__title",
        f"{row.pk},{row.created_at:%Y-%m-%dT%H:%M:%SZ},{ana.pk},'=ana,SAVE,{jazz.pk},Jazz night",
    ]
