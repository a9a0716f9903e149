"""This file holds the command that evaluates rankers by replaying the past."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events.cells import DatasetError
from events.terminal import TerminalCommand
from recommendations.clock import BadMoment, moment_from
from recommendations.feed.ranking import DEFAULT, RANKERS

if TYPE_CHECKING:
    from recommendations.evaluation.source import Source

_MOST_WEEKS = 52


class Command(TerminalCommand):
    """Rank for people of the past with the rankers that serve the endpoint."""

    help = "Replays an exported data set, or this platform's own last weeks: ranks for people with what was known then."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the past, the rankers and what to make of them."""
        parser.add_argument("directory", type=Path, metavar="DIR", nargs="?", help="an exported data set")
        parser.add_argument("--weeks", type=int, metavar="N", help="instead of DIR: the last weeks of this database")
        parser.add_argument(
            "--now", metavar="WHEN", help="with --weeks: the last one ends then (UTC; default midnight)"
        )
        parser.add_argument("--ranker", action="append", choices=list(RANKERS), help="may be given more than once")
        parser.add_argument("--run-file", type=Path, metavar="OUT.csv.gz", help="with several rankers: {} is its name")
        parser.add_argument("--report", type=Path, metavar="FILE.html", help="tables and plots as one page")
        parser.add_argument(
            "--dataset", type=Path, metavar="DIR", help="the whole data set that DIR was made of: judges the rankings"
        )
        parser.add_argument(
            "--ablation", action="store_true", help="also every signal alone, and the hybrid without each group of them"
        )
        parser.add_argument("--windows", type=int, help="with DIR: only the first so many windows")
        parser.add_argument("--seed", type=int, default=1, help="of trainings and intervals (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay every window, write the files, whole or not at all, and print the table."""
        from recommendations.evaluation.dataset import BadExport
        from recommendations.evaluation.own import NothingToEvaluate
        from recommendations.evaluation.report import report_of
        from recommendations.evaluation.running import Evaluation, outcome_of, write_run
        from recommendations.evaluation.scratch import NoScratch
        from recommendations.evaluation.tables import as_markdown, table_of

        names = options["ranker"] or [DEFAULT.name]
        path: Path | None = options["run_file"]
        report: Path | None = options["report"]
        _check(options, names)
        try:
            source = self._source(options)
            rankers = tuple(RANKERS[name] for name in names)
            asked = Evaluation(source, rankers, options["ablation"], options["seed"])
            outcome = outcome_of(asked, self.stderr.write)
        except (BadExport, BadMoment, DatasetError, NoScratch, NothingToEvaluate) as error:
            raise CommandError(str(error)) from error
        if path is not None:
            for name, text in outcome.texts.items():
                write_run(path.with_name(path.name.replace("{}", name)), text)
        if report is not None:
            write_run(report, report_of(outcome, source, seed=options["seed"]))
        if outcome.judgements:
            self.stdout.write(as_markdown(table_of(outcome.judgements, outcome.candidates, seed=options["seed"])))

    def _source(self, options: dict[str, Any]) -> "Source":
        from recommendations.evaluation.exported import Exported
        from recommendations.evaluation.own import OwnWeeks

        if options["directory"] is not None:
            return Exported(options["directory"], dataset=options["dataset"], windows=options["windows"])
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        until = midnight if options["now"] is None else moment_from(options["now"])
        return OwnWeeks(options["weeks"], until, seed=options["seed"], say=self.stderr.write)


def _check(options: dict[str, Any], names: list[str]) -> None:
    """Raise CommandError for options that do not go together, before anything is done."""
    path: Path | None = options["run_file"]
    if (options["directory"] is None) == (options["weeks"] is None):
        raise CommandError("Give the folder of an exported data set, or --weeks N for the last weeks of this database.")
    if options["directory"] is None and (options["dataset"] is not None or options["windows"] is not None):
        raise CommandError("--dataset and --windows are of an exported data set: leave them out with --weeks.")
    if options["directory"] is not None and options["now"] is not None:
        raise CommandError("--now goes with --weeks: an exported data set says itself when its windows are.")
    if options["weeks"] is not None and not 1 <= options["weeks"] <= _MOST_WEEKS:
        raise CommandError(f"--weeks must be from 1 to {_MOST_WEEKS}.")
    if options["report"] is not None and options["directory"] is not None and options["dataset"] is None:
        raise CommandError("--report tells how good rankings are: give the whole data set, too, by --dataset DIR.")
    if path is not None and (len(names) > 1 or options["ablation"]) and "{}" not in path.name:
        raise CommandError("With several rankers the run file's name must hold {}, for the ranker's name.")
    for each in (path, options["report"]):
        if each is not None and not each.parent.is_dir():
            raise CommandError(f"{each.parent}: there is no such folder to write to.")
