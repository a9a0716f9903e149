"""This file holds the names of the app's models, one module each."""

from recommendations.models.embedding import EventEmbedding
from recommendations.models.feed import Feed
from recommendations.models.run import Run
from recommendations.models.trait import Trait

__all__ = ["EventEmbedding", "Feed", "Run", "Trait"]
