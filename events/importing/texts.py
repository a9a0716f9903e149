"""The cleaning of text from calendars and tables: HTML as text, only characters that may be stored, not too long."""

import re
from collections import Counter
from collections.abc import Iterable
from html import unescape
from html.entities import html5
from html.parser import HTMLParser

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from api.text_rules import cleaned_line, cleaned_text, validate_web_address, without_credentials
from events.categories import Category, canonical
from events.csv_cells import NAME_MAX, cut
from events.models import ADDRESS_MAX_LENGTH, DESCRIPTION_MAX_LENGTH

_URL_MAX = 500
_is_web_url = URLValidator(schemes=["http", "https"])
_TAG = re.compile(
    r"</?(p|br|div|span|a|b|i|u|em|strong|ul|ol|li|h[1-6]|html|body|table|tr|td|font|img|hr|blockquote)\b[^<>]*>",
    re.IGNORECASE,
)
# Only with its semicolon: "&copy=1" in a URL is none.
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_NEW_LINE = {"br", "tr", "hr"}
_NEW_PARAGRAPH = {"p", "div", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_INVISIBLE = {"script", "style", "head", "title"}
# The words that calendars use for the categories of the vocabulary: whole words or phrases, canonical. Only unambiguous
# ones: any other word becomes a tag, and staff decide.
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
    category = next((_WORDS[canonical(word)] for word in kept if canonical(word) in _WORDS), None)
    return None if category is None else category.value, kept


def line_from(text: str, what: str, notes: Counter[str], *, between: str = " ", longest: int = NAME_MAX) -> str:
    """Return a text as one line that is not too long; `what` names such texts, in the plural, if it is cut.

    `between` joins its lines.
    """
    return cleaned_line(cut(between.join(_lines(text)), longest, f"{what} were cut to {longest} characters", notes))


def place_from(text: str, notes: Counter[str]) -> tuple[str, str]:
    """Return the name and the address of a place: the first line of a text, and the lines after it."""
    name, *others = _lines(text) or [""]
    address = line_from("\n".join(others), "addresses", notes, between=", ", longest=ADDRESS_MAX_LENGTH)
    return line_from(name, "places", notes), address


def _lines(text: str) -> list[str]:
    parts = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"[\n\r\u2028\u2029]+", plain_text(text)))
    return list(filter(None, map(cleaned_line, parts)))


def description_from(text: str, notes: Counter[str]) -> str:
    """Return a description without HTML, of at most 20,000 characters."""
    plain = cleaned_text(plain_text(text).replace("\r\n", "\n").replace("\r", "\n")).strip()
    return cleaned_text(cut(plain, DESCRIPTION_MAX_LENGTH, "descriptions were cut to 20,000 characters", notes))


def url_from(text: str, notes: Counter[str]) -> str | None:
    """Return a URL that a browser opens, without user name and password; None if it is empty or no such URL."""
    text = _unescaped(text.strip())
    if not text:
        return None
    bare = without_credentials(text)
    try:
        if len(bare) <= _URL_MAX:
            _is_web_url(bare)
            validate_web_address(bare)
            if bare != text:
                notes["addresses (URL) had a user name or password: these were left out"] += 1
            return bare
    except ValidationError:
        pass
    notes["addresses (URL) were left out: not http or https, or longer than 500 characters"] += 1
    return None


def plain_text(text: str) -> str:
    """Return what a reader would see of a text that may be HTML, also one whose tags are written as entities."""
    if not _TAG.search(text):
        text = _unescaped(text)
        if not _TAG.search(text):
            return text
    page = _Page()
    try:
        page.feed(text)
        page.close()
    except AssertionError:
        # What Python's parser raises for "<![" before other than a known word.
        return plain_text(text.replace("<![", "["))
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(page.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        is_known = match[1].startswith("#") or f"{match[1]};" in html5
        return unescape(match[0]) if is_known else match[0]

    return _ENTITY.sub(character, text)


class _Page(HTMLParser):
    """Collects the visible text of a page; the URL of a link follows its text, unless they are the same."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INVISIBLE:
            self._hidden.append(tag)
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in _NEW_LINE:
            self.pieces.append("\n")
        elif tag in _NEW_PARAGRAPH:
            self.pieces.append("\n\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.pieces)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            self._hidden.remove(tag)
        elif tag in _NEW_PARAGRAPH:
            self.pieces.append("\n\n")
        elif tag == "a" and self._links:
            address, first = self._links.pop()
            words = "".join(self.pieces[first:]).strip()
            if address.startswith(("http://", "https://")) and address.rstrip("/") != words.rstrip("/"):
                self.pieces.append(f" ({address})" if words else address)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            # As a browser does: a line break in the source is a space.
            self.pieces.append(re.sub(r"[\r\n]+", " ", data))
