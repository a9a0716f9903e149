"""The admin classes, imported for Django to find them."""

from recommendations.admin.feed import FeedAdmin
from recommendations.admin.training_run import TrainingRunAdmin

__all__ = ["FeedAdmin", "TrainingRunAdmin"]
