"""CSV files, read row by row, with errors that name file and line."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, TextIO

from events.csv_cells import DatasetError, Record


@dataclass(frozen=True)
class Table:
    """A CSV file, plain or compressed by gzip."""

    path: Path
    columns: tuple[str, ...]

    def records(self) -> Iterator[Record]:
        """Yield the rows; DatasetError for what is no such file."""
        for line, values in self.lines():
            yield self.record(line, values)

    def record(self, line: int, values: Sequence[str]) -> Record:
        """Return a row for a closer look; DatasetError if it holds what the database cannot store."""
        record = Record(self.path.name, line, dict(zip(self.columns, values, strict=True)))
        record.refuse_nul()
        return record

    def lines(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield each row's last line and its values of the columns; DatasetError for what is no such file."""
        with _opened(self.path) as file:
            try:
                yield from self._lines(csv.reader(file, strict=True))
            except UnicodeDecodeError as error:
                raise DatasetError(f"{self.path.name}: not UTF-8 text ({error.reason}).") from error
            except (EOFError, OSError, zlib.error) as error:
                raise DatasetError(f"{self.path.name}: cannot be read to its end ({error}).") from error

    def _lines(self, rows: Any) -> Iterator[tuple[int, tuple[str, ...]]]:
        name = self.path.name
        try:
            header = next(rows, None)
            if header is None:
                raise DatasetError(f"{name}: empty; the first line must name the columns {', '.join(self.columns)}.")
            missing = [column for column in self.columns if column not in header]
            if missing:
                raise DatasetError(f"{name}, line 1: column {missing[0]} is missing.")
            width = len(header)
            # Of a name that is there twice, the last.
            last = {column: place for place, column in enumerate(header)}
            wanted = itemgetter(*(last[column] for column in self.columns))
            for row in rows:
                if not row:
                    continue
                if len(row) != width:
                    raise DatasetError(f"{name}, line {rows.line_num}: {len(row)} values for {width} columns.")
                yield rows.line_num, wanted(row)
        except csv.Error as error:
            raise DatasetError(f"{name}, line {rows.line_num}: not CSV ({error}).") from error


def table(directory: Path, name: str, columns: Sequence[str]) -> Table | None:
    """Return the table NAME.csv or NAME.csv.gz of a folder; None if there is neither."""
    for path in (directory / f"{name}.csv", directory / f"{name}.csv.gz"):
        if path.is_file():
            return Table(path, tuple(columns))
    return None


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        opened: Any = gzip.open if path.suffix == ".gz" else open
        raw = opened(path, "rb")
    except OSError as error:
        raise DatasetError(f"{path.name}: cannot be opened ({error.strerror}).") from error
    # utf-8-sig: spreadsheet programs put a byte order mark in front.
    with raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        yield text
