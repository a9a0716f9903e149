"""This file holds the command that evaluates rankers by replaying the past."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from interactions.loading.reading import DatasetError
from recommendations.rankers import DEFAULT, RANKERS


class Command(BaseCommand):
    """Rank the tasks of an exported data set with the rankers that serve the endpoint."""

    help = "Replays an exported data set: ranks each task with what was known then, and writes the places to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the data set, the rankers and what to make of them."""
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument("--ranker", action="append", choices=list(RANKERS), help="may be given more than once")
        parser.add_argument("--run-file", type=Path, metavar="OUT.csv.gz", help="with several rankers: {} is its name")
        parser.add_argument(
            "--dataset", type=Path, metavar="DIR", help="the whole data set that DIR was made of: judges the rankings"
        )
        parser.add_argument(
            "--ablation", action="store_true", help="also every signal alone, and the hybrid without each group of them"
        )
        parser.add_argument("--windows", type=int, help="only the first so many windows")
        parser.add_argument("--seed", type=int, default=1, help="of trainings and intervals (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay every window, write the run files, whole or not at all, and print the table."""
        from recommendations.evaluation.dataset import BadExport
        from recommendations.evaluation.running import Evaluation, outcome_of, write_run
        from recommendations.evaluation.tables import as_markdown

        names = options["ranker"] or [DEFAULT.name]
        path: Path | None = options["run_file"]
        if path is not None and (len(names) > 1 or options["ablation"]) and "{}" not in path.name:
            raise CommandError("With several rankers the run file's name must hold {}, for the ranker's name.")
        if path is not None and not path.parent.is_dir():
            raise CommandError(f"{path.parent}: there is no such folder to write the run file to.")
        asked = Evaluation(
            options["directory"],
            tuple(RANKERS[name] for name in names),
            options["dataset"],
            options["ablation"],
            options["windows"],
            options["seed"],
        )
        try:
            outcome = outcome_of(asked, self.stderr.write)
        except (BadExport, DatasetError) as error:
            raise CommandError(str(error)) from error
        if path is not None:
            for name, text in outcome.texts.items():
                write_run(path.with_name(path.name.replace("{}", name)), text)
        if outcome.table:
            self.stdout.write(as_markdown(outcome.table))
