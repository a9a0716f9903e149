"""This file holds the tests of docs/results.md: a part that is measured anew leaves what others found."""

from datetime import UTC, datetime

from bench.figures import Figure, Part
from bench.results import RESULTS, write_results

AT = datetime(2026, 6, 1, tzinfo=UTC)


def part(title, value, *, met=True):
    return Part(title, "How it was done.", (Figure("10k", "a page", value, bar="≤ 2 ms", met=met),))


def test_part_that_is_measured_anew_leaves_the_others(tmp_path):
    path = tmp_path / "results.md"
    path.write_text("# Results\n\n## By hand\n\nWritten by people.\n", encoding="utf-8")

    write_results([part("First", "1 ms"), part("Second", "9 ms", met=False)], command="make bench", at=AT, path=path)
    write_results([part("First", "2 ms")], command="python -m bench --only first", at=AT, path=path)

    head, *sections = path.read_text(encoding="utf-8").split("\n\n## ")
    assert head.startswith("# Results\n\nEvery figure")
    assert [section.splitlines()[0] for section in sections] == ["By hand", "First", "Second"]
    assert sections[0] == "By hand\n\nWritten by people."
    assert "`python -m bench --only first` on 2026-06-01" in sections[1]
    assert sections[1].endswith("| 10k | a page | 2 ms |  |  |  | ≤ 2 ms | met |")
    assert "; bars missed: 1." in sections[2]
    assert "| **missed** |" in sections[2]


def test_file_of_the_repository_has_sections_that_are_written_alike(tmp_path):
    path = tmp_path / "results.md"
    path.write_text(RESULTS.read_text(encoding="utf-8"), encoding="utf-8")

    write_results([], command="make bench", at=AT, path=path)

    assert path.read_text(encoding="utf-8") == RESULTS.read_text(encoding="utf-8")
