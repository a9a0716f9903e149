"""The proof that the export has every row that names a user, and that erasure leaves none."""

import json

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from config.tests.naming import references_to_users, rows_naming, words_for
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction, Mute, Tally
from interactions.recount import miscounts
from interactions.tests.factories import InteractionFactory
from recommendations.checking import differences
from recommendations.feed.ranking import DEFINED, Feed
from recommendations.feed.viewer import viewer_of
from users.models import RateLimitUse, User
from users.personal_data.erasure import erase
from users.personal_data.export import exported
from users.personal_data.registry import personal_data_of
from users.tests.factories import UserFactory
from users.tokens import new_calendar_token

pytestmark = pytest.mark.django_db

# As long as ids get, and no part of another's; words that stand nowhere else.
ID, NAME = 8_675_309_123_456, "quorxil"


@pytest.fixture
def events():
    return [EventFactory(category=category) for category in ("music", "music", "tech", None)]


@pytest.fixture
def ben(events):
    """Somebody whose id and name go on where the other's end."""
    ben = UserFactory(pk=ID * 10, username=f"{NAME}2", email=f"{NAME}2@mailbox.example", interests=["music"])
    for event in events[1:]:
        InteractionFactory(user=ben, event=event)
    AuthToken.objects.create(ben)
    return ben


@pytest.fixture
def quorxil(events, ben):
    """Somebody of whom every table knows something."""
    user = UserFactory(
        pk=ID, username=NAME, email=f"{NAME}@mailbox.example", password="secret", display_name="Zyndra",
        first_name="Ottoline", last_name="Vexworth", is_staff=True, interests=["tech"], latitude=1.5, longitude=2.5,
    )  # fmt: skip
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    EmailAddress.objects.create(user=user, email=f"{NAME}@elsewhere.example")
    user.groups.set([Group.objects.create(name="clerks")])
    user.user_permissions.set(Permission.objects.filter(codename="change_event"))
    api = APIClient()
    answer = api.post("/tokens", {"username": NAME, "password": "secret"})
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['token']}")
    for number, event in enumerate(events * 2):
        sent = {"eventId": event.pk, "action": ["VIEW", "SAVE", "DISMISS"][number % 3]}
        api.post("/interactions", sent, headers={"Idempotency-Key": f"key-{number}"})
    api.post("/mutes", {"category": "food"})
    Mute.objects.create(user=user, organiser=OrganiserFactory(name="Club"))
    _use_pages(user, ben, events[0])
    # The password that staff gave has ended what was before.
    for each in (user, ben):
        new_calendar_token(each, now=timezone.now())
    return user


def _use_pages(user, ben, event):
    browser, staff = Client(), Client()
    browser.post("/password-reset", {"email": user.email})
    browser.post("/admin/login/", {"username": NAME, "password": "secret"})
    form = {"title": "Renamed", "type": "EVENT", "status": "OPEN", "start_at_0": "2100-01-01", "start_at_1": "19:00"}
    assert browser.post(f"/admin/events/event/{event.pk}/change/", form).status_code == 302
    staff.force_login(UserFactory(username="staff", is_staff=True, is_superuser=True))
    for each in (user, ben):
        form = {"password": "x" * 30, "usable_password": "true", "password1": "x" * 30, "password2": "x" * 30}
        staff.post(f"/admin/users/user/{each.pk}/password/", form)
    user.refresh_from_db()
    browser.force_login(user)
    AuthToken.objects.create(user)


def document_of(user):
    return json.loads(b"".join(exported(user, timezone.now())))


def test_the_export_has_every_row_that_names_the_user(quorxil):
    named = rows_naming(words_for(quorxil))

    document = document_of(quorxil)

    assert {table: len(rows) for table, rows in named.items()} == {
        "account_emailaddress": 2, "django_admin_log": 2, "interactions_idempotencykey": 8, "interactions_interaction": 8, "interactions_mute": 2, "knox_authtoken": 1,
        "users_calendartoken": 1, "users_session": 1, "users_user": 1, "users_user_groups": 1, "users_user_user_permissions": 1,
    }  # fmt: skip
    tables = {table.model._meta.db_table: len(table.rows) for table in personal_data_of(quorxil)}
    assert tables == {
        **{table: len(rows) for table, rows in named.items() if table != "users_user"},
        "users_allowance": 3,
    }
    ids = {
        "emailAddresses": "account_emailaddress", "logEntries": "django_admin_log", "idempotencyKeys": "interactions_idempotencykey",
        "interactions": "interactions_interaction", "mutes": "interactions_mute", "userGroupRelationships": "users_user_groups",
        "userPermissionRelationships": "users_user_user_permissions",
    }  # fmt: skip
    for name, table in ids.items():
        assert sorted(row["id"] for row in document[name]) == sorted(row["id"] for row in named[table])
    assert {name: len(rows) for name, rows in document.items() if name not in (*ids, "exportedAt", "profile")} == {
        "allowances": 3, "authTokens": 1, "calendarTokens": 1, "sessions": 1,
    }  # fmt: skip
    assert document["profile"]["id"] == ID


def test_the_export_tells_of_interactions_newest_first(quorxil):
    newest = Interaction.objects.of(quorxil).order_by("-created_at", "-id").first()

    assert document_of(quorxil)["interactions"][0] == {
        "id": newest.pk, "userId": ID, "eventId": newest.event_id, "action": newest.action,
        "createdAt": newest.created_at.isoformat().replace("+00:00", "Z"), "eventTitle": newest.event.title,
    }  # fmt: skip


def test_the_export_names_what_is_muted(quorxil):
    rows = Mute.objects.order_by("pk")

    assert document_of(quorxil)["mutes"] == [
        {
            "id": row.pk, "userId": ID, "organiserId": row.organiser_id, "series": None, "category": row.category,
            "createdAt": row.created_at.isoformat().replace("+00:00", "Z"),
            "organiserName": row.organiser and row.organiser.name,
        }
        for row in rows
    ]  # fmt: skip


def test_erasure_leaves_nothing(quorxil, ben):
    words, bens = words_for(quorxil), [str(ben.pk), ben.username, ben.email]
    kept = {table: len(rows) for table, rows in rows_naming(bens).items()}

    erase(User.objects.get(pk=ID))

    assert rows_naming(words) == {}
    assert {table: len(rows) for table, rows in rows_naming(bens).items()} == kept
    assert kept == {
        "django_admin_log": 1, "interactions_interaction": 3, "users_calendartoken": 1, "users_user": 1,
    }  # fmt: skip
    # What the address of the sign-in was counted for.
    assert (
        RateLimitUse.objects.exclude(key__startswith="sign-in").exclude(key__startswith="password-reset").count() == 0
    )


def test_everything_else_is_right_after_an_erasure(quorxil, ben, events):
    erase(User.objects.get(pk=ID))

    assert miscounts() == []
    assert dict(Tally.objects.values_list("event_id", "interaction_count")) == {
        event.pk: int(place > 0) for place, event in enumerate(events)
    }
    for viewer in (viewer_of(user, timezone.now()) for user in User.objects.order_by("pk")):
        for ranker in DEFINED:
            assert list(differences(Feed(viewer, ranker))) == []
    call_command("recount_interactions")
    call_command("check_feed")


def test_every_reference_of_the_database_is_known(quorxil):
    held = {
        (table.model._meta.db_table, field.column)
        for table in personal_data_of(quorxil)
        for field in table.model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is User
    }

    assert references_to_users() == held


@pytest.mark.parametrize("rows", [1, 5_000])
def test_statements_of_an_export(rows, django_assert_num_queries):
    user, event = UserFactory(), EventFactory()
    Interaction.objects.bulk_create([Interaction(user=user, event=event, action="VIEW")] * rows)
    tables = len(personal_data_of(user))  # What kinds of things there are is kept in memory from then on.

    # One for each table and for the user's addresses; two more for what does not fit into one batch of the interactions.
    with django_assert_num_queries(tables + (1 if rows == 1 else 3)):
        assert len(document_of(user)["interactions"]) == rows


def test_an_export_is_read_in_batches_while_it_is_sent(api_of):
    user, event = UserFactory(), EventFactory()
    Interaction.objects.bulk_create([Interaction(user=user, event=event, action="VIEW")] * 7_000)
    answer = api_of(user).get("/users/me/export")
    batches = []

    with CaptureQueriesContext(
        connection,
    ) as sent:
        for piece in answer.streaming_content:
            if b'"action"' in piece:
                reads = sum('FROM "interactions_interaction"' in query["sql"] for query in sent.captured_queries)
                batches.append((reads, piece.count(b'"action"')))

    # Never more than one batch in memory, whatever there is.
    assert batches == [(1, 2_000), (2, 2_000), (3, 2_000), (4, 1_000)]


@pytest.fixture
def badges():
    """A table that nobody has thought of."""

    class Badge(models.Model):
        owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
        giver = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="given")
        title = models.CharField(max_length=20)
        secret_word = models.CharField(max_length=20, default="sesame")

        class Meta:
            app_label = "users"
            verbose_name_plural = "sessions"

    class Post(models.Model):
        editor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
        badge = models.ForeignKey(Badge, null=True, on_delete=models.CASCADE)

        class Meta:
            app_label = "users"

    with connection.schema_editor() as editor:
        editor.create_model(Badge)
        editor.create_model(Post)
    yield Badge, Post
    del apps.all_models["users"]["badge"], apps.all_models["users"]["post"]
    apps.clear_cache()


def test_new_tables_are_exported_and_erased_without_a_word(badges):
    Badge, Post = badges
    ana, ben = UserFactory(), UserFactory()
    own, given = Badge.objects.create(owner=ana, title="Own"), Badge.objects.create(owner=ben, giver=ana, title="Given")
    Badge.objects.create(owner=ben, title="Other")
    post = Post.objects.create(editor=ana, badge=own)
    written = Post.objects.create(editor=ana)

    document = document_of(ana)
    erase(User.objects.get(pk=ana.pk))

    assert document["usersBadgeSessions"] == [
        {"id": own.pk, "ownerId": ana.pk, "giverId": None, "title": "Own"},
        {"id": given.pk, "ownerId": None, "giverId": ana.pk, "title": "Given"},
    ]
    assert document["posts"] == [
        {"id": post.pk, "editorId": ana.pk, "badgeId": own.pk, "badgeTitle": "Own"},
        {"id": written.pk, "editorId": ana.pk, "badgeId": None, "badgeTitle": None},
    ]
    assert [badge.title for badge in Badge.objects.all()] == ["Other"]
    assert list(Post.objects.values_list("pk", "editor")) == [(written.pk, None)]
