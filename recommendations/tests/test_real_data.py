"""Tests on real data, where it is present."""

import pytest
from django.conf import settings
from django.core.management import call_command

from interactions.loading.load import load_dataset
from interactions.recount import miscounts

DATA = settings.BASE_DIR.parent / "shared" / "data"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not here; they have no licence to be shipped")
@pytest.mark.parametrize(
    ("name", "users", "events", "interactions"),
    [("meetup_chicago", 8_116, 9_056, 13_605), ("meetup_montana", 1_757, 1_391, 10_416)],
)
def test_real_data_loads_fully_and_serves_as_defined(name, users, events, interactions, capsys):
    first = {table.name: table.inserted for table in load_dataset(DATA / name, progress=lambda *read: None).tables}
    second = load_dataset(DATA / name, progress=lambda *read: None)

    assert (first["users"], first["events"], first["interactions"]) == (users, events, interactions)
    assert [table.inserted for table in second.tables] == [0, 0, 0, 0]
    assert miscounts() == []
    call_command("check_feed", sample=5, now="2016-04-15")
    assert capsys.readouterr().out == "15 feeds compared with the definition: 0 differences.\n"
