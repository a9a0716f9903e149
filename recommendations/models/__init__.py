from recommendations.models.feed import Feed
from recommendations.models.run import Run
from recommendations.models.trait import Trait

__all__ = ["Feed", "Run", "Trait"]
