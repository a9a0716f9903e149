"""The command that trains the hybrid."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from recommendations.clock import BadMoment, moment_from
from recommendations.models import TrainingRun
from recommendations.training.holdout import comparison_of
from recommendations.training.models import NothingToLearn
from recommendations.training.pipeline import AlreadyTraining, train


class Command(TerminalCommand):
    """Train the hybrid on everything before now, and activate the run if it is better."""

    help = "Trains the hybrid on past interactions, and activates the run if it beats the heuristic and the active run."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the seed, the cutoff and whether to activate."""
        parser.add_argument("--seed", type=int, default=1, help="the same seed and data give the same run (default 1)")
        parser.add_argument("--now", metavar="WHEN", help="learn from what preceded this moment (UTC)")
        parser.add_argument("--activate", choices=["if-better", "always", "never"], default="if-better")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, and print the results."""
        try:
            now = timezone.now() if options["now"] is None else moment_from(options["now"])
            run, activated = train(now, seed=options["seed"], activate=options["activate"], say=self.stderr.write)
        except (BadMoment, AlreadyTraining, NothingToLearn) as error:
            raise CommandError(str(error) or error.__doc__ or "") from error
        for name, result in run.metrics["ndcg_at_10"].items():
            value = "—" if result["all"] is None else f"{result['all']:.3f}"
            self.stdout.write(f"{name}: NDCG@10 {value} of {result['people']:,} people")
        self.stdout.write(conclusion_of(run, options["activate"], activated=activated))


def conclusion_of(run: TrainingRun, activate: str, *, activated: bool) -> str:
    """Return why a run was activated or not, and what to do next."""
    passes, reason, next_step = comparison_of(run.metrics)
    if activate == "if-better":
        return f"{run} is {'active' if activated else 'stored but not active'}: {reason}. {next_step}."
    asked = f"{run} is {'active' if activated else 'stored but not active'}, as you asked (--activate {activate})"
    return f"{asked}{'' if passes == activated else ', although'}{'; ' if passes == activated else ' '}{reason}."
