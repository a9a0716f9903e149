"""This file holds nothing but the import by which Django finds the admin of feeds."""

from recommendations.admin.feed import FeedAdmin

__all__ = ["FeedAdmin"]
