"""The app's models, one module for each concept."""

from recommendations.models.cluster import Cluster
from recommendations.models.embedding import EventEmbedding
from recommendations.models.feed import Feed
from recommendations.models.training_run import CannotActivate, EntityFactors, TrainingRun

__all__ = ["CannotActivate", "Cluster", "EntityFactors", "EventEmbedding", "Feed", "TrainingRun"]
