"""Tests of many people who do things with the same events while these are deleted."""

import random
import threading
from collections import Counter

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection

from events.tests.factories import EventFactory
from users.models import User
from users.tests.factories import UserFactory

THREADS = 16
ROUNDS = 25


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nothing_fails_and_every_count_is_exact(api_of, settings):
    settings.REQUESTS_PER_MINUTE = settings.INTERACTIONS_PER_MINUTE = 0
    # The same few events for all; half of them and a quarter of the users are deleted meanwhile.
    events = [event.pk for event in EventFactory.create_batch(8)]
    users = UserFactory.create_batch(THREADS)
    editor = UserFactory()
    editor.user_permissions.set(Permission.objects.filter(codename="delete_event"))
    together = threading.Barrier(THREADS + 1)
    statuses: Counter[int] = Counter()
    failures: list[BaseException] = []

    def act(number: int) -> None:
        chance, client = random.Random(number), api_of(users[number])
        together.wait()
        try:
            for step in range(ROUNDS):
                event = chance.choice(events)
                batch = [{"eventId": one, "action": "VIEW"} for one in chance.sample(events, 4)]
                for answer in (
                    client.post(
                        "/interactions",
                        {"eventId": event, "action": "DISMISS"},
                        headers={"Idempotency-Key": f"{number}-{step}"},
                    ),
                    client.post("/interactions/batch", {"interactions": batch}),
                    client.get("/recommendations?limit=5"),
                    client.delete(f"/interactions/dismissals/{event}"),
                ):
                    statuses[answer.status_code] += 1
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    def delete() -> None:
        client = api_of(editor)
        together.wait()
        try:
            for event, user in zip(events[:4], users[:4], strict=True):
                statuses[client.delete(f"/events/{event}").status_code] += 1
                User.objects.filter(pk=user.pk).delete()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(THREADS)]
    threads.append(threading.Thread(target=delete))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert set(statuses) <= {200, 201, 204, 401, 404}
    assert statuses.total() == THREADS * ROUNDS * 4 + 4
    call_command("recount_interactions")
    call_command("check_feed")
