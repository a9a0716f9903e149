"""This file holds the command that evaluates rankers by replaying the past."""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interactions.loading.reading import DatasetError
from recommendations.rankers import DEFAULT, RANKERS


class Command(BaseCommand):
    """Rank the tasks of an exported data set with the rankers that serve the endpoint."""

    help = "Replays an exported data set: ranks each task with what was known then, and writes the places to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the data set, the rankers and the run file."""
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument("--ranker", action="append", choices=list(RANKERS), help="may be given more than once")
        parser.add_argument("--run-file", type=Path, metavar="OUT.csv.gz", help="with several rankers: {} is its name")
        parser.add_argument("--windows", type=int, help="only the first so many windows")
        parser.add_argument("--seed", type=int, default=1, help="of the trainings (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay every window and write the run files, whole or not at all."""
        from recommendations.evaluation.dataset import BadExport, windows_of
        from recommendations.evaluation.replay import rankings_in
        from recommendations.evaluation.scratch import scratch_template

        rankers = [RANKERS[name] for name in options["ranker"] or [DEFAULT.name]]
        path: Path | None = options["run_file"]
        if path is not None and len(rankers) > 1 and "{}" not in path.name:
            raise CommandError("With several rankers the run file's name must hold {}, for the ranker's name.")
        texts = {ranker.name: io.StringIO() for ranker in rankers}
        writers = {name: csv.writer(text, lineterminator="\n") for name, text in texts.items()}
        for writer in writers.values():
            writer.writerow(("window", "user_id", "event_id", "rank"))
        try:
            windows = windows_of(options["directory"])[: options["windows"]]
            with scratch_template() as template:
                for window in windows:
                    self.stderr.write(f"window {window.name}: {len(window.tasks):,} tasks at {window.now:%Y-%m-%d}")
                    for ranking in rankings_in(
                        options["directory"],
                        window,
                        rankers,
                        template=template,
                        seed=options["seed"],
                        say=self.stderr.write,
                    ):
                        for rank, event_id in enumerate(ranking.event_ids, start=1):
                            writers[ranking.ranker].writerow((ranking.window, ranking.username, event_id, rank))
        except (BadExport, DatasetError) as error:
            raise CommandError(str(error)) from error
        if path is not None:
            for name, text in texts.items():
                _write(path.with_name(path.name.replace("{}", name)), text.getvalue())


def _write(path: Path, text: str) -> None:
    """Write a file, compressed if its name says so: under another name first, so that none is ever half-written."""
    # No time in the header: the same run gives the same bytes.
    data = gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode()
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)
