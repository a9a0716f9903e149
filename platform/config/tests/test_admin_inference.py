"""Staff of each single permission learn nothing from the admin's answers beyond the columns that they are shown."""

import html
import os
import re
from urllib.parse import urlencode

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from knox.models import AuthToken

from api.admin import ModelAdmin
from config.tests.hidden_columns import DELETING, OPENED, hidden_columns, registered, world
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

_EXAMPLES = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 20
_OF_ALL = ("", "__exact", "__isnull", "__in", "__gt", "__gte", "__lt", "__lte", "__range")
_OF_TEXT = (
    "__iexact",
    "__contains",
    "__icontains",
    "__startswith",
    "__istartswith",
    "__endswith",
    "__regex",
    "__iregex",
)
_OF_OTHERS = ("__year", "__date", "__0", "__len", "__a", "__pk", "__id", "__id__exact", "__pk__in")
_SPECIAL = ("q", "user", "_facets", "_popup", "_to_field", "all", "p", "e", "_changelist_filters")
_EXPORT = {"action": "export_as_csv", "select_across": "1", "_selected_action": "1"}
_AUTOCOMPLETED = (
    ("events", "event", "organiser"), ("interactions", "interaction", "user"), ("interactions", "interaction", "event"),
    ("users", "user", "groups"), ("users", "session", "user"), ("knox", "authtoken", "user"), ("admin", "logentry", "user"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _without_limits(settings, caplog):
    caplog.set_level("CRITICAL")
    settings.REQUESTS_PER_MINUTE = settings.SIGN_INS_PER_MINUTE = 0


def staff_with(*permissions):
    clerk = UserFactory(is_staff=True)
    for app, codename in (permission.split(".") for permission in permissions):
        clerk.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client(raise_request_exception=False)
    client.force_login(clerk)
    return client


def reported(client, method, address, values):
    """Return all that an answer tells; what the request did is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(address, values)
        body = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    text = re.sub(r'(name="csrfmiddlewaretoken" value=|csrfToken: |nonce=)"[^"]*"', r"\1", body.decode())
    return answer.status_code, answer.headers.get("Location"), text


def questions(opened, column):
    """Yield method, address and values of the requests that could tell one value of a column from the other."""
    listed = f"/admin/{opened}/"
    is_text = isinstance(column.field, models.CharField | models.TextField)
    name = column.way + ("pk" if column.model._meta.auto_created else column.field.name)
    for value in column.values:
        value = getattr(value, "pk", value)
        text = str(int(value) if isinstance(value, bool) else value)
        for written in (text, text[: len(text) // 2]) if is_text else (text,):
            lookups = [{name + suffix: written} for suffix in _OF_ALL + (_OF_TEXT if is_text else _OF_OTHERS)]
            # The relation itself is a question, too: whether there is a row.
            lookups += [{column.way + "isnull": "1"}] if column.way else []
            yield from (("get", listed, lookup) for lookup in lookups)
            yield from (
                ("get", listed, lookup | {special: "1"}) for lookup, special in zip(lookups, _SPECIAL, strict=False)
            )
            yield from (("get", listed, {special: asked}) for special in _SPECIAL for asked in (name, written))
            yield from (("get", listed, {"o": order}) for order in ("1", "-2.3", name))
            yield from (("post", f"{listed}?{urlencode(lookup)}", _EXPORT) for lookup in lookups[:2])
            for app, model, field in _AUTOCOMPLETED:
                asked = {"app_label": app, "model_name": model, "field_name": field, "term": written}
                yield "get", "/admin/autocomplete/", asked


@pytest.mark.property
@pytest.mark.parametrize("permission", OPENED)
def test_no_answer_tells_of_a_hidden_column(permission):
    rows, client = world(), staff_with(permission)
    columns = hidden_columns(OPENED[permission], rows)
    asked = [(column, question) for column in columns for question in questions(OPENED[permission], column)]
    # Far more columns are far than near, and far more questions filter than search; Django itself lets the keys of
    # related rows through.
    near = [each for each in asked if each[0].distance <= 1]
    keys = [each for each in near if each[0].field.primary_key or each[0].field.is_relation]
    searches = [each for each in near if not {"q", "user", "term"}.isdisjoint(each[1][2])]

    @settings(max_examples=_EXAMPLES)
    @given(st.one_of(*(st.sampled_from(some) for some in (asked, near, keys, searches) if some)))
    def differ_in_nothing(drawn):
        column, (method, address, values) = drawn
        answers = []
        with transaction.atomic():
            row = rows[column.model][0]
            for number in range(2):
                row = column.put(row, number)
                answers.append(reported(client, method, address, values))
            transaction.set_rollback(True)
        assert answers[0] == answers[1]

    differ_in_nothing()


@pytest.mark.parametrize("permission", OPENED | DELETING)
def test_no_page_of_a_row_shows_a_hidden_column(permission):
    opened = (OPENED | DELETING)[permission]
    rows = world()
    client = staff_with(permission)
    own = next((result for model, result in rows.items() if model._meta.label_lower == opened.replace("/", ".")), None)
    pages = ["", *(f"{own[0].pk}/{page}/" for page in ("change", "history", "delete") if own)]
    answers = []

    for number in range(2):
        for column in {(each.model, each.field): each for each in hidden_columns(opened, rows)}.values():
            # How many rows are deleted with it is shown.
            if permission in DELETING and column.field.is_relation:
                continue
            rows[column.model][0] = column.put(rows[column.model][0], number)
        answers.append([reported(client, "get", f"/admin/{opened}/{page}", {}) for page in pages])

    assert answers[0] == answers[1]


def test_every_page_of_the_admin_has_the_base_class():
    assert [admin for admin in site._registry.values() if not isinstance(admin, ModelAdmin)] == []


def test_tokens_have_no_pages():
    clerk = staff_with("knox.add_authtoken")

    assert [clerk.get(f"/admin/knox/{page}").status_code for page in ("", "authtoken/", "authtoken/add/")] == [404] * 3


def test_lookups_that_are_refused_and_allowed(staff):
    refused = {
        "users/user": [
            "sessions__session_key__regex",
            "auth_token_set__digest",
            "password__startswith",
            "groups",
            "sessions",
        ],
        "auth/group": ["user", "user__id", "user__password", "permissions__isnull"],
        "events/event": ["interactions__isnull", "organiser__external_id", "tally__interaction_count__gt", "organiser"],
        "interactions/interaction": ["user__email", "user", "event__title", "event__id__gt"],
        "recommendations/trainingrun": ["model__contains", "entity_factors__isnull"],
    }
    allowed = {
        "users/user": ["is_staff__exact", "interests", "username", "email__startswith", "pk__in"],
        "events/event": ["status__exact", "start", "external_id"],
        "interactions/interaction": ["action__exact", "event__id__exact", "created_at__gte"],
    }

    for lookups, status in ((refused, 400), (allowed, 200)):
        answers = {
            (name, each): staff.get(f"/admin/{name}/", {each: "1"}) for name in lookups for each in lookups[name]
        }
        # What no row can match is left to Django, which shows the list without it.
        result = {asked: answer.status_code if answer.status_code != 302 else 200 for asked, answer in answers.items()}
        assert set(result.values()) == {status}, result


@pytest.mark.parametrize(
    ("permission", "address"),
    [
        ("interactions.view_interaction", "/admin/interactions/interaction/?q="),
        ("recommendations.view_feed", "/admin/recommendations/feed/?user="),
    ],
)
def test_who_may_not_view_users_finds_none_by_address(permission, address):
    row = InteractionFactory(user=UserFactory(username="ana", email="ana@mailbox.example"))
    clerk, viewer = staff_with(permission), staff_with(permission, "users.view_user")

    known, unknown = (
        reported(clerk, "get", f"{address}{name}%40mailbox.example", {})[2].replace(name, "") for name in ("ana", "ben")
    )

    assert known == unknown
    assert "Give an exact username or an id" in html.unescape(known)
    result = str(row.event) if "interaction" in permission else None
    for client, name in ((viewer, "ana%40mailbox.example"), (clerk, "ana"), (viewer, "ana")):
        answer = reported(client, "get", f"{address}{name}", {})
        assert (
            result in answer[2] if result else answer[:2] == (302, f"/admin/recommendations/feed/{row.user_id}/change/")
        )


def test_the_page_of_a_deletion_counts_what_it_does_not_name():
    ana = UserFactory(username="ana")
    row, _ = AuthToken.objects.create(ana)

    _, _, page = reported(staff_with("users.delete_user"), "get", f"/admin/users/user/{ana.pk}/delete/", {})

    assert "Auth tokens: 1" in page
    assert str(ana) in page
    assert row.digest not in page


def test_the_page_of_a_user_shows_nothing_of_the_hash():
    ana = UserFactory(username="ana", password="correct horse")
    _, salt, digest = ana.password.split("$")

    for permission in ("users.view_user", "users.change_user"):
        _, _, page = reported(staff_with(permission), "get", f"/admin/users/user/{ana.pk}/change/", {})

        assert "A password is set." in page
        assert [part for part in (salt[:2] + "*", digest[:6], digest) if part in page] == []


def test_a_single_permission_opens_the_lists_that_are_known():
    opened = {}
    for permission in Permission.objects.select_related("content_type"):
        with transaction.atomic():
            client = staff_with(f"{permission.content_type.app_label}.{permission.codename}")
            for model in registered():
                if client.get(f"/admin/{model}/").status_code != 403:
                    opened[f"{permission.content_type.app_label}.{permission.codename}"] = model
            transaction.set_rollback(True)

    assert opened == OPENED
