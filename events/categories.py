"""The vocabulary of categories, which events have and users are interested in."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import BaseExpression

MAX_LENGTH = 50


class Category(models.TextChoices):
    """What an event is about. A new one is a line here and no migration: the database checks the form only."""

    MUSIC = "music", "Music"
    SPORTS = "sports", "Sports"
    TECH = "tech", "Tech"
    ARTS = "arts", "Arts"
    ACADEMIC = "academic", "Academic"
    SOCIAL = "social", "Social"
    CAREER = "career", "Career"
    FOOD = "food", "Food"
    FITNESS = "fitness", "Fitness"
    GAMING = "gaming", "Gaming"
    OUTDOORS = "outdoors", "Outdoors"
    VOLUNTEERING = "volunteering", "Volunteering"
    CULTURAL = "cultural", "Cultural"
    SCIENCE = "science", "Science"
    BUSINESS = "business", "Business"
    OTHER = "other", "Other"


_TITLES: dict[str, str] = dict(Category.choices)


def title_of(category: str) -> str:
    """Return a category as people read it; one that is no longer in the vocabulary as it stands."""
    return _TITLES.get(category, category)


def canonical(category: str) -> str:
    """Return the form in which a category is stored and compared: stripped and in lower case."""
    return category.strip().lower()


def canonical_set(categories: Iterable[str]) -> list[str]:
    """Return the categories in canonical form, each once, in the order of their first mention."""
    return list(dict.fromkeys(canonical(category) for category in categories))


# Note [Canonical categories]
# Every way in brings categories to canonical form: these fields do it for the ORM, whatever the call (save,
# bulk_create, update, filter), the serializers and the loader through the functions above, and the database refuses
# anything else, so that raw SQL cannot put in a category that no interest would ever match.


class CategoryField(models.CharField[Any, Any]):
    """One category, canonical whichever way it is written or compared."""

    def to_python(self, value: Any) -> Any:
        """Return the canonical category; empty text from a form is no category."""
        return canonical(value) or None if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Leave the canonical form on the instance too, so that it equals what was stored."""
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Return what the database is given."""
        return self.to_python(value)


class CategoriesField(ArrayField[Any, Any]):
    """A set of categories, kept as a list: canonical, each once, in the order of their first mention."""

    def to_python(self, value: Any) -> Any:
        """Return the canonical list."""
        value = super().to_python(value)
        return canonical_set(value) if isinstance(value, list | tuple) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Leave the canonical list on the instance too, so that it equals what was stored."""
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what the database is given."""
        if isinstance(value, list | tuple) and not any(isinstance(item, BaseExpression) for item in value):
            value = canonical_set(value)
        return super().get_db_prep_value(value, connection, prepared)
