"""Tests of loading data sets."""

import gzip
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from events.models import Event, Organiser
from interactions.loading.load import TableReport, load_dataset
from interactions.models import Interaction, Tally
from interactions.recount import miscounts
from users.models import User

FILES = {
    "users.csv": "user_id,lat,lng,declared_interests\nana,1.5,2.5,Music| tech|music\nben,0,0,\n",
    "events.csv": (
        "event_id,title,description,category,tags,lat,lng,start_at,group_id,venue_id\n"
        'e1,Jazz,"Two lines,\nand a ""quote"" 🎷",Music,jazz||jazz|bar,1,2,2016-05-01 19:00:00,g1,Cellar\n'
        "e2, ,,,,,,2016-05-02T19:00:00+02:00,g2,\n"
        "e3,Food,,food,,0.0,0.0,2016-05-03 00:00:00Z,,\n"
    ),
    "groups.csv": "name,group_id\nCellar club,g1\nUnused,g9\n",
    "interactions.csv": (
        "user_id,event_id,action,created_at\nana,e1,APPLY,2016-04-01 10:00:00\nana,e1,APPLY,2016-04-01 10:00:00\n"
        "ana,e1,VIEW,2016-04-01 10:00:00\nben,e2,DISMISS,2016-04-02 10:00:00\n"
    ),
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def load(folder):
    return load_dataset(folder, progress=lambda name, number: None)


def everything():
    with connection.cursor() as cursor:
        for table in (
            "events_organiser",
            "events_event",
            "users_user",
            "interactions_interaction",
            "interactions_tally",
        ):
            # xmin: a row that was rewritten to the same values shows, too.
            cursor.execute(f"SELECT xmin::text, ctid::text, t.*::text FROM {table} t ORDER BY ctid")
            yield cursor.fetchall()


@pytest.mark.django_db
def test_rows_become_what_the_contract_says(folder):
    report = load(folder)

    assert report.tables == (
        TableReport("organisers", 2, 3), TableReport("users", 2, 2), TableReport("events", 3, 3),
        TableReport("interactions", 4, 3),
    )  # fmt: skip
    assert report.warnings == (
        '1 events had 0,0 as place: taken as unknown', '1 events had no title: called "Untitled event"',
        "1 users had 0,0 as home: taken as unknown",
    )  # fmt: skip
    assert list(User.objects.order_by("username").values_list("username", "interests", "latitude", "longitude")) == [
        ("ana", ["music", "tech"], 1.5, 2.5),
        ("ben", [], None, None),
    ]
    assert list(Organiser.objects.order_by("external_id").values_list("external_id", "name")) == [
        ("g1", "Cellar club"), ("g2", "g2"), ("g9", "Unused"),
    ]  # fmt: skip
    fields = (
        "external_id",
        "title",
        "description",
        "type",
        "status",
        "category",
        "tags",
        "organiser__name",
        "location_name",
    )
    assert list(Event.objects.order_by("external_id").values_list(*fields)) == [
        (
            "e1",
            "Jazz",
            'Two lines,\nand a "quote" 🎷',
            "EVENT",
            "OPEN",
            "music",
            ["jazz", "bar"],
            "Cellar club",
            "Cellar",
        ),
        ("e2", "Untitled event", "", "EVENT", "OPEN", None, [], "g2", ""),
        ("e3", "Food", "", "EVENT", "OPEN", "food", [], None, ""),
    ]
    assert list(Event.objects.order_by("external_id").values_list("latitude", "longitude", "start_at")) == [
        (1.0, 2.0, datetime(2016, 5, 1, 19, tzinfo=UTC)),
        (None, None, datetime(2016, 5, 2, 17, tzinfo=UTC)),
        (None, None, datetime(2016, 5, 3, tzinfo=UTC)),
    ]
    assert list(Tally.objects.order_by("event__external_id").values_list("interaction_count", flat=True)) == [2, 1, 0]
    assert miscounts() == []
    assert User.objects.get(username="ana").has_usable_password() is False


@pytest.mark.django_db
def test_second_load_changes_nothing(folder):
    load(folder)
    before = list(everything())

    report = load(folder)

    assert [table.inserted for table in report.tables] == [0, 0, 0, 0]
    assert list(everything()) == before


@pytest.mark.django_db
def test_compressed_files_byte_order_marks_and_crlf(folder):
    for name in FILES:
        text = "\ufeff" + (folder / name).read_text().replace("\n", "\r\n")
        (folder / name).unlink()
        (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))

    assert [table.inserted for table in load(folder).tables] == [3, 2, 3, 3]


@pytest.mark.django_db
def test_too_long_is_cut_and_reported(folder):
    tags = "|".join(f"t{number}" for number in range(31))
    (folder / "events.csv").write_text(
        "event_id,title,description,category,tags,lat,lng,start_at,group_id,venue_id\n"
        f"e1,{'t' * 201},{'d' * 20_001},,{tags},,,2016-05-01 19:00:00,,{'v' * 201}\n"
        f"e2,{'t' * 200},,,{'x' * 101},,,2016-05-01 19:00:00,,\n"
    )

    report = load(folder)

    first, second = Event.objects.order_by("external_id")
    assert (len(first.title), len(first.description), len(first.tags), len(first.location_name)) == (
        200,
        20_000,
        30,
        200,
    )
    assert [len(tag) for tag in second.tags] == [100]
    assert report.warnings[:5] == (
        "1 descriptions were cut to 20,000 characters", "1 events had more than 30 tags: the first ones were kept",
        "1 tags were cut to 100 characters", "1 titles were cut to 200 characters",
        "1 users had 0,0 as home: taken as unknown",
    )  # fmt: skip


@pytest.mark.django_db
def test_texts_are_cleaned_and_reported(folder):
    (folder / "events.csv").write_text(
        "event_id,title,description,category,tags,lat,lng,start_at,group_id,venue_id\n"
        'e1,"Ja\x1b[31mzz\tnight","Two\nlines\u202e",,jazz|\u200b|bar,,,2016-05-01 19:00:00,g1,"Cel\x9blar"\n'
        "e2,\u200b\u2060,\ufeff,,,,,2016-05-01 19:00:00,,\u3164\n"
        "e3," + "\u200b" * 200 + "x,می\u200cخواهم,,👩\u200d🚀,,,2016-05-01 19:00:00,,\u200fעברית\n"
    )
    (folder / "groups.csv").write_text("name,group_id\n\u2066Club\u2069,g1\n\u200b,g9\n")
    (folder / "interactions.csv").write_text("user_id,event_id,action,created_at\n")

    report = load(folder)

    assert list(Event.objects.order_by("external_id").values_list("title", "description", "tags", "location_name")) == [
        ("Ja[31mzz night", "Two\nlines", ["jazz", "bar"], "Cellar"),
        ("Untitled event", "", [], ""),
        ("Untitled event", "می\u200cخواهم", ["👩\u200d🚀"], "\u200fעברית"),
    ]
    assert list(Organiser.objects.order_by("external_id").values_list("name", flat=True)) == ["Club", "g9"]
    assert report.warnings[:2] == (
        '2 events had no title: called "Untitled event"',
        "4 texts had control characters, or ones that change the direction of text: these were removed",
    )
    assert [table.inserted for table in load(folder).tables] == [0, 0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("events.csv", "2016-05-01 19:00:00", "soon",
         'events.csv, line 3, column start_at: "soon" is not a time; write YYYY-MM-DD HH:MM:SS (UTC).'),
        ("events.csv", "2016-05-01 19:00:00", "0001-01-01 00:00:00",
         'events.csv, line 3, column start_at: "0001-01-01 00:00:00" is not within the years 2 to 9998.'),
        ("events.csv", "food", "knitting", 'events.csv, line 5, column category: "knitting" is no category. Known are: '),
        ("events.csv", ",1,2,", ",91,2,", 'events.csv, line 3, column lat: "91" is not within -90 and 90.'),
        ("events.csv", ",1,2,", ",nan,2,", 'events.csv, line 3, column lat: "nan" is not within -90 and 90.'),
        ("events.csv", ",1,2,", ",x,2,", 'events.csv, line 3, column lat: "x" is no number.'),
        ("events.csv", ",1,2,", ",1,,", 'events.csv, line 3, column lng: "" is missing; give lat and lng, or neither.'),
        ("events.csv", "e3,", ",", 'events.csv, line 5, column event_id: "" is no id.'),
        ("events.csv", "e3,Food", "e3,Food,more", "events.csv, line 5: 11 values for 10 columns."),
        ("events.csv", "Food", "Fo\0od", 'events.csv, line 5, column title: "Fo\\u0000od" has a NUL character'),
        ("events.csv", "e3,", "e\x1b3,",
         'events.csv, line 5, column event_id: "e\\u001b3" is no id: it has a control character'),
        ("events.csv", "e3,", "\u200b,", 'events.csv, line 5, column event_id: "\u200b" is no id.'),
        ("events.csv", "g1,", "g\u202e1,", 'events.csv, line 3, column group_id: "g\\u202e1" is no id: it has'),
        ("events.csv", "g1,", "g" * 201 + ",", f'events.csv, line 3, column group_id: "{"g" * 79}…" is longer than 200'),
        ("groups.csv", "g1", "g\x9b1", 'groups.csv, line 2, column group_id: "g\\u009b1" is no id: it has'),
        ("users.csv", "ben", "b\x07en", 'users.csv, line 3, column user_id: "b\\u0007en" is no id: it has'),
        ("interactions.csv", "ben,e2", "ben,e\u20662",
         'interactions.csv, line 5, column event_id: "e\\u20662" is no id: it has'),
        ("events.csv", "start_at", "begins", "events.csv, line 1: column start_at is missing."),
        ("users.csv", "tech", "knitting", 'users.csv, line 2, column declared_interests: "Music| knitting|music" names knitting'),
        ("users.csv", "ben", "b" * 151, f'users.csv, line 3, column user_id: "{"b" * 79}…" is longer than 150 characters.'),
        ("interactions.csv", "DISMISS", "LIKE", 'interactions.csv, line 5, column action: "LIKE" is no action. Known are: '),
        ("interactions.csv", "ben,e2", "eve,e2",
         'interactions.csv, line 5, column user_id: "eve" is neither in users.csv nor in the database.'),
        ("interactions.csv", "ben,e2", "ben,e9",
         'interactions.csv, line 5, column event_id: "e9" is neither in events.csv nor in the database.'),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_leaves_nothing(folder, name, old, new, message):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))

    with pytest.raises(CommandError) as caught:
        call_command("load_dataset", folder)

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert [model.objects.count() for model in (User, Organiser, Event, Interaction)] == [0, 0, 0, 0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "users.csv: empty; the first line must name the columns user_id, lat, lng, declared_interests."),
        (b"user_id,lat,lng,declared_interests\n\xff,,,\n", "users.csv: not UTF-8 text"),
        (b'user_id,lat,lng,declared_interests\n"a"b,,,\n', "users.csv, line 2: not CSV"),
    ],
)
def test_file_that_is_none_is_reported(folder, content, message):
    (folder / "users.csv").write_bytes(content)

    with pytest.raises(CommandError, match=f"^{message}"):
        call_command("load_dataset", folder)


@pytest.mark.django_db
def test_truncated_gzip_is_reported(folder):
    (folder / "users.csv.gz").write_bytes(gzip.compress((folder / "users.csv").read_bytes())[:-12])
    (folder / "users.csv").unlink()

    with pytest.raises(CommandError, match=r"^users\.csv\.gz: cannot be read to its end"):
        call_command("load_dataset", folder)


@pytest.mark.django_db
def test_missing_folder_and_file_are_reported(folder):
    (folder / "events.csv").unlink()

    with pytest.raises(CommandError, match=r"there is neither events\.csv nor events\.csv\.gz"):
        call_command("load_dataset", folder)
    with pytest.raises(CommandError, match="there is no such folder"):
        call_command("load_dataset", folder / "nowhere")


@pytest.mark.django_db
def test_command_prints_counts_and_warnings(folder, capsys):
    call_command("load_dataset", folder)

    assert capsys.readouterr().out.splitlines()[3:] == [
        "interactions:            4 read           3 new",
        "Warning: 1 events had 0,0 as place: taken as unknown.",
        'Warning: 1 events had no title: called "Untitled event".',
        "Warning: 1 users had 0,0 as home: taken as unknown.",
    ]


@pytest.mark.django_db
def test_the_first_of_repeated_rows_counts_under_every_plan(planner_settings, folder):
    (folder / "groups.csv").write_text("group_id,name\ng9,First\ng1,Cellar club\ng9,Second\ng9,A third\n")
    (folder / "users.csv").write_text(f"{FILES['users.csv']}ana,,,sports\n")
    rows = "".join(f"e1,{title},,,,,,2016-05-01,{group},\n" for title, group in (("B", "g0"), ("A", ""), ("C", "g9")))
    (folder / "events.csv").write_text(f"{FILES['events.csv']}{rows}")

    load(folder)

    assert Organiser.objects.get(external_id="g9").name == "First"
    assert User.objects.get(username="ana").interests == ["music", "tech"]
    assert Event.objects.get(external_id="e1").title == "Jazz"
    assert list(Event.objects.order_by("pk").values_list("external_id", flat=True)) == ["e1", "e2", "e3"]
