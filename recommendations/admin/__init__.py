"""This file holds nothing but the imports by which Django finds the admin of feeds and runs."""

from recommendations.admin.feed import FeedAdmin
from recommendations.admin.run import RunAdmin

__all__ = ["FeedAdmin", "RunAdmin"]
