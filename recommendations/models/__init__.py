"""This file holds the names of the app's models, one module each."""

from recommendations.models.embedding import EventEmbedding
from recommendations.models.feed import Feed

__all__ = ["EventEmbedding", "Feed"]
