"""The command that evaluates rankers by replaying the past."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from events.csv_cells import DatasetError
from recommendations.clock import BadMoment, moment_from
from recommendations.feed.ranking import DEFAULT, HEURISTIC, HYBRID, RANKERS

if TYPE_CHECKING:
    from recommendations.evaluation.tasks import Source

_MOST_WEEKS = 52


class Command(TerminalCommand):
    """Evaluate the rankers that serve the endpoint on moments of the past."""

    help = (
        "Replays an exported data set, or this database's own last weeks: ranks for people with what was known at the "
        "time, and compares with what they chose afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("directory", type=Path, metavar="DIR", nargs="?", help="an exported data set")
        parser.add_argument("--weeks", type=int, metavar="N", help="instead of DIR: the last N weeks of this database")
        parser.add_argument(
            "--now", metavar="WHEN", help="with --weeks: the end of the last one (UTC; default midnight)"
        )
        parser.add_argument(
            "--ranker", action="append", choices=list(RANKERS), help="can be repeated; the first is compared with"
        )
        parser.add_argument("--run-file", type=Path, metavar="OUT.csv.gz", help="{} stands for the ranker's name")
        parser.add_argument("--report", type=Path, metavar="FILE.html", help="tables and plots as one page")
        parser.add_argument(
            "--dataset",
            type=Path,
            metavar="DIR",
            help="the data set that DIR was exported from: scores the rankings",
        )
        parser.add_argument(
            "--ablation",
            action="store_true",
            help="also each feature alone, and the hybrid without each group",
        )
        parser.add_argument("--windows", type=int, metavar="N", help="with DIR: only the first N windows")
        parser.add_argument("--seed", type=int, default=1, help="of trainings and intervals (default 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay every window, write the files and print the table."""
        from recommendations.evaluation.backtest import NothingToEvaluate
        from recommendations.evaluation.exported import BadExport
        from recommendations.evaluation.replay import Evaluation, outcome_of, write_run
        from recommendations.evaluation.report import as_markdown, conclusion_of, report_of, table_of
        from recommendations.evaluation.scratch import NoScratch

        # Of the own weeks, the question is whether the hybrid is worth it.
        names = options["ranker"] or ([DEFAULT.name] if options["weeks"] is None else [HEURISTIC.name, HYBRID.name])
        path: Path | None = options["run_file"]
        report: Path | None = options["report"]
        _check(options, names)
        try:
            source = self._source(options)
            rankers = tuple(RANKERS[name] for name in names)
            evaluation = Evaluation(source, rankers, options["ablation"], options["seed"])
            outcome = outcome_of(evaluation, self.stderr.write)
        except (BadExport, BadMoment, DatasetError, NoScratch, NothingToEvaluate) as error:
            raise CommandError(str(error)) from error
        if path is not None:
            for name, text in outcome.run_files.items():
                write_run(path.with_name(path.name.replace("{}", name)), text)
        if report is not None:
            write_run(report, report_of(outcome, source, seed=options["seed"]))
        if outcome.scores:
            self.stdout.write(as_markdown(table_of(outcome.scores, outcome.candidates, seed=options["seed"])))
            self.stdout.write("\n" + conclusion_of(outcome.scores, len(source.windows), seed=options["seed"]))

    def _source(self, options: dict[str, Any]) -> "Source":
        from recommendations.evaluation.backtest import Backtest
        from recommendations.evaluation.exported import Exported

        if options["directory"] is not None:
            return Exported(options["directory"], dataset=options["dataset"], windows=options["windows"])
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        until = midnight if options["now"] is None else moment_from(options["now"])
        return Backtest(options["weeks"], until, seed=options["seed"], say=self.stderr.write)


def _check(options: dict[str, Any], names: list[str]) -> None:
    """Raise CommandError for options that contradict each other."""
    path: Path | None = options["run_file"]
    if (options["directory"] is None) == (options["weeks"] is None):
        raise CommandError("Give the folder of an exported data set, or --weeks N for the last weeks of this database.")
    if options["directory"] is None and (options["dataset"] is not None or options["windows"] is not None):
        raise CommandError("--dataset and --windows need an exported data set: leave them out with --weeks.")
    if options["directory"] is not None and options["now"] is not None:
        raise CommandError("--now needs --weeks: an exported data set has its own windows.")
    if options["weeks"] is not None and not 1 <= options["weeks"] <= _MOST_WEEKS:
        raise CommandError(f"--weeks must be from 1 to {_MOST_WEEKS}.")
    if options["report"] is not None and options["directory"] is not None and options["dataset"] is None:
        raise CommandError("--report needs scores: give the complete data set, too, with --dataset DIR.")
    if path is not None and (len(names) > 1 or options["ablation"]) and "{}" not in path.name:
        raise CommandError("With several rankers the run file's name must contain {}, for the ranker's name.")
    for each in (path, options["report"]):
        if each is not None and not each.parent.is_dir():
            raise CommandError(f"{each.parent}: there is no such folder to write to.")
