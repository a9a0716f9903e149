"""Tests that the README quotes the figures that the benchmark wrote last."""

import re

from config.tests.docs.reading import ROOT

_QUOTED = re.compile(
    r"a page takes the database (?P<ms>[\d.]+) ms, 1/(?P<literal>[\d,]+) of what the literal definition takes"
)


def test_readme_quotes_the_results():
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in (ROOT / "docs" / "results.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| 1")
    ]
    (page,) = (value for size, what, value, *_ in rows if size == "1m" and what.startswith("heuristic ("))
    (literal,) = (row[5] for row in rows if row[:2] == ["1m", "heuristic, beside literal definition"])

    quoted = _QUOTED.search(readme)
    assert quoted is not None
    assert (f"{quoted['ms']} ms", f"1 / {quoted['literal']}") == (page, literal)
