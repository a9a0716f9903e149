"""The admin classes of feeds and training runs, imported here because Django looks for them here."""

from recommendations.admin.feed import FeedAdmin
from recommendations.admin.training_run import TrainingRunAdmin

__all__ = ["FeedAdmin", "TrainingRunAdmin"]
