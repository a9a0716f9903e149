"""Tests of docs/results.md: a part that is measured anew leaves what others found."""

from datetime import UTC, datetime
from xml.etree import ElementTree

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
    assert head.endswith(
        "| part | bars | met |\n|---|--:|--:|\n"
        "| [First](#first) | 1 | 1 |\n"
        "| [Second](#second) | 1 | **0** |\n"
        "\nMissed:\n\n- 10k, a page: 9 ms, bar ≤ 2 ms"
    )
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


def test_picture_has_a_line_for_each_way_to_the_page(tmp_path):
    measured = {
        "heuristic": {10_000: 0.8, 1_000_000: 0.9},
        "heuristic, literal definition": {10_000: 84.0, 1_000_000: 2_700.0},
        "page 50": {10_000: 1.0, 1_000_000: 1.0},
    }
    (tmp_path / "results.md").write_text("# Results\n", encoding="utf-8")

    write_results([Part("Pages", "How.", (), measured)], command="make bench", at=AT, path=tmp_path / "results.md")

    assert "(images/time-against-size.svg)" in (tmp_path / "results.md").read_text(encoding="utf-8")
    drawn = ElementTree.parse(tmp_path / "images/time-against-size.svg")
    lines = [line.get("points") for line in drawn.iter("{http://www.w3.org/2000/svg}polyline")]
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    # Powers of ten from 10,000 to a million events, and from 0.1 ms to 10 s: 324 pixels high.
    assert lines == ["90.0,289.5 550.0,286.2", "90.0,158.5 550.0,60.8"]
    assert texts == [
        *("0.1 ms", "1 ms", "10 ms", "100 ms", "1,000 ms", "10,000 ms"),
        *("10,000", "100,000", "1,000,000", "events"),
        *("literal definition: 2,700 ms", "heuristic: 0.90 ms"),
    ]
