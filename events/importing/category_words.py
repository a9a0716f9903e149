"""The words that calendars have for the categories of the vocabulary."""

from collections.abc import Iterable

from events.categories import Category, canonical

# Whole words or phrases, canonical. Only what is plain: any other word becomes a tag, and staff decide.
_WORDS: dict[str, Category] = {
    word: category
    for category, words in {
        Category.MUSIC: ("concert", "concerts", "live music"),
        Category.SPORTS: ("sport", "athletics", "football", "basketball"),
        Category.TECH: ("technology", "programming", "software"),
        Category.ARTS: ("art", "theatre", "theater", "film", "exhibition", "performing arts"),
        Category.ACADEMIC: ("academics", "lecture", "lectures", "seminar", "conference"),
        Category.SOCIAL: ("social event", "social events"),
        Category.CAREER: ("careers", "career fair"),
        Category.FOOD: ("food & drink", "food and drink", "dining"),
        Category.FITNESS: ("wellness", "yoga", "health & wellness"),
        Category.GAMING: ("games", "board games", "esports"),
        Category.OUTDOORS: ("outdoor", "hiking"),
        Category.VOLUNTEERING: ("volunteer", "community service"),
        Category.CULTURAL: ("culture", "heritage"),
        Category.SCIENCE: ("sciences",),
        Category.BUSINESS: ("entrepreneurship", "startup", "startups"),
    }.items()
    for word in words
}


def category_among(words: Iterable[str]) -> tuple[str | None, list[str]]:
    """Return the category that words name, the first one that does, and the words that remain as tags.

    The vocabulary's own names go before other words for them. A name that was taken is no tag; another word stays one.
    """
    kept = [word for word in words if word.strip()]
    for word in kept:
        if canonical(word) in Category.values:
            return canonical(word), [other for other in kept if canonical(other) != canonical(word)]
    found = next((_WORDS[canonical(word)] for word in kept if canonical(word) in _WORDS), None)
    return None if found is None else found.value, kept
