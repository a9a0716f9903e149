"""Tests of the admin of training runs: what it shows, who may activate a run, and what is logged."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from recommendations.models import EntityFactors, TrainingRun
from recommendations.templatetags.training_runs import HEIGHT, RANKERS, WIDTH, Line, Point, lines_of
from recommendations.tests.taste import NOW
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/recommendations/trainingrun/"


def run_of(day, *, served=None, whole=True, **values):
    """Make a run of a day that did as well as `values` say, by ranker."""
    results = {
        name: {"all": value, "with_past": value, "without_past": None, "people": 1_200}
        for name, value in values.items()
    }
    run = TrainingRun.objects.create(
        cutoff=NOW + timedelta(days=day), began_at=NOW, seed=1, parameters={"learning": {"rank": 1}},
        fingerprint="f", metrics={"ndcg_at_10": results}, model="tree",
        model_sha256=hashlib.sha256(b"tree").hexdigest(),
        activated_at=None if served is None else NOW + timedelta(days=served),
    )  # fmt: skip
    if whole:
        EntityFactors.objects.create(
            run=run, kind="tag", key="jazz", people=1, interactions=1, events=1, trend=0, factors=b"\0" * 4
        )
    return run


def client_of(*permissions, superuser=False):
    user = UserFactory(is_staff=True, is_superuser=superuser)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(enforce_csrf_checks=False)
    client.force_login(user)
    return client


def words_of(page):
    return " ".join(re.sub("<[^>]+>", " ", page.content.decode().split("</head>")[1]).split())


@pytest.fixture
def staff():
    return client_of(superuser=True)


@pytest.mark.parametrize("number", [1, 3, 70])
def test_list_has_figures_plot_and_the_same_statements_for_any_number(staff, number, django_assert_num_queries):
    for day in range(number):
        run_of(day, served=day if day < 2 else None, hybrid=0.3 + day / 1_000, heuristic=0.2)
    ContentType.objects.get_for_model(TrainingRun)  # kept in memory from then on

    # Session, user; who serves and who did before; how many runs there are, and the rows; the plot.
    with django_assert_num_queries(6):
        page = staff.get(LIST)

    text = words_of(page)
    day = min(number, 2) - 1
    assert f"Run of 2026-06-0{1 + day} 12:00" in text
    assert page.content.decode().count("<circle") == 2 * min(number, 60)
    assert [part for part in ("0.300", "0.200", "1,200", "yes") if part not in text] == (
        [] if number < 70 else ["0.300", "yes"]
    )
    # Nothing that a strict Content-Security-Policy would refuse.
    assert (
        re.search(r"style=|<style|onclick", page.content.decode().split("run-plot")[1].split("</section>")[0]) is None
    )


def test_empty_list_says_what_to_do(staff):
    assert "No run is active: the hybrid falls back to the heuristic." in words_of(staff.get(LIST))
    assert "No run has a value yet. manage.py train makes one" in words_of(staff.get(LIST))


def test_lines_have_a_point_for_each_figure():
    runs = [
        TrainingRun(cutoff=NOW, metrics={"ndcg_at_10": {"heuristic": {"all": 0.2}}}),
        TrainingRun(
            cutoff=NOW + timedelta(days=1), metrics={"ndcg_at_10": {"heuristic": {"all": None}, "hybrid": {"all": 0.4}}}
        ),
        TrainingRun(cutoff=NOW + timedelta(days=2), metrics={}),
    ]

    lines, highest = lines_of(runs)

    (_, green), (_, orange) = RANKERS["hybrid"], RANKERS["heuristic"]
    assert highest == 0.4
    assert lines == [
        Line("this run", green, (Point(WIDTH / 2, 0.0, "2026-06-02: this run 0.400"),)),
        Line("heuristic", orange, (Point(0.0, HEIGHT / 2, "2026-06-01: heuristic 0.200"),)),
    ]


def test_one_click_lets_a_run_serve_and_is_remembered(staff):
    first, second = run_of(0, served=0, hybrid=0.3), run_of(1, served=1, hybrid=0.2)

    answer = staff.post(f"{LIST}{first.pk}/activate/", follow=True)

    assert TrainingRun.objects.active() == first
    assert f"{first} is active from now on." in words_of(answer)
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (str(first.pk), "Changed Activated at (it is active now).")
    assert "Changed Activated at (it is active now)." in words_of(staff.get(f"{LIST}{first.pk}/history/"))
    assert TrainingRun.objects.previous() == second


def test_previous_run_is_one_click_away_and_so_is_the_way_back(staff):
    first, second, _ = run_of(0, served=0), run_of(1, served=1), run_of(2)
    served = []

    assert f'<button class="run-button">Back to {first}</button>' in staff.get(LIST).content.decode()
    for _ in range(3):
        assert staff.post(f"{LIST}previous/").status_code == 302
        served.append(TrainingRun.objects.active())

    assert served == [first, second, first]
    assert LogEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "better"),
    [
        ({"hybrid": 0.2, "heuristic": 0.3}, "that of the heuristic 0.300 ."),
        ({"hybrid": 0.2, "heuristic": 0.1, "active": 0.25}, "that of the run active then 0.250 ."),
        ({"hybrid": 0.2, "heuristic": 0.3, "active": 0.4}, "the heuristic 0.300 , that of the run active then 0.400 ."),
    ],
)
@pytest.mark.parametrize("address", ["{}/activate/", "previous/"])
def test_run_that_was_worse_is_activated_only_when_confirmed(staff, address, values, better):
    worse = run_of(0, served=0, **values)
    active = run_of(1, served=1, hybrid=0.3, heuristic=0.2)

    asked = words_of(staff.post(LIST + address.format(worse.pk)))
    before = (TrainingRun.objects.active(), LogEntry.objects.count())
    answer = staff.post(f"{LIST}{worse.pk}/activate/", {"confirmed": "yes"}, follow=True)

    assert "its NDCG@10 of 1,200 people is 0.200 , that of" in asked
    assert better in asked
    assert before == (active, 0)
    assert (TrainingRun.objects.active(), LogEntry.objects.count()) == (worse, 1)
    assert f"{worse} is active from now on." in words_of(answer)


@pytest.mark.parametrize(
    "values",
    [{}, {"hybrid": None, "heuristic": 0.3}, {"hybrid": 0.3, "heuristic": None}, {"hybrid": 0.3, "active": 0.3}],
)
def test_run_that_was_not_shown_to_be_worse_is_activated_at_once(staff, values):
    run = run_of(0, **values)

    assert staff.post(f"{LIST}{run.pk}/activate/").status_code == 302
    assert TrainingRun.objects.active() == run


@pytest.mark.parametrize(
    ("whole", "model", "reported"),
    [
        (False, "tree", "can&#x27;t be activated: its factors are deleted. Train again: manage.py train."),
        (True, "tre", "can&#x27;t be activated: its model is damaged. Train again: manage.py train."),
    ],
)
def test_run_that_nothing_could_be_ranked_by_does_not_serve(staff, whole, model, reported):
    serving, broken = run_of(0, served=0), run_of(1, whole=whole)
    TrainingRun.objects.filter(pk=broken.pk).update(model=model)

    answer = staff.post(f"{LIST}{broken.pk}/activate/", follow=True)

    assert reported in words_of(answer)
    assert (TrainingRun.objects.active(), LogEntry.objects.count()) == (serving, 0)


@pytest.mark.parametrize("address", ["999/activate/", "x/activate/", f"{'9' * 40}/activate/", "previous/"])
def test_no_such_run_is_a_404(staff, address):
    run_of(0, served=0)

    assert staff.post(LIST + address).status_code == 404


@pytest.mark.parametrize("address", ["{}/activate/", "previous/"])
@pytest.mark.parametrize(("permissions", "status"), [(["view_trainingrun"], 403), (["change_trainingrun"], 302)])
def test_only_who_may_change_runs_lets_them_serve(address, permissions, status):
    first, _ = run_of(0, served=0), run_of(1, served=1)

    client = client_of("view_trainingrun", *permissions)
    page = client.get(LIST).content.decode()

    assert client.post(LIST + address.format(first.pk)).status_code == status
    assert client.get(LIST + address.format(first.pk)).status_code == (405 if status == 302 else 403)
    assert page.count('class="run-button"') == (2 if status == 302 else 0)


def test_nothing_else_is_changed(staff):
    run = run_of(0, served=0, hybrid=0.3)
    page = staff.get(f"{LIST}{run.pk}/change/")
    statuses = [
        staff.get(f"{LIST}add/").status_code,
        staff.post(f"{LIST}{run.pk}/change/", {"seed": 7}).status_code,
        staff.post(f"{LIST}{run.pk}/delete/", {"post": "yes"}).status_code,
    ]

    assert statuses == [403, 403, 403]
    assert (
        TrainingRun.objects.get().seed,
        re.findall(r'<(?:input|textarea|select)[^>]*name="(?!csrf)', page.content.decode()),
    ) == (1, [])
    assert "This run is active." in words_of(page)
    assert "&quot;all&quot;: 0.3" in page.content.decode()
