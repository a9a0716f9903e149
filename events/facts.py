"""The facts of an event in words: what it costs, where one takes part, in which language, from which age."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language_info

# What people write before an amount; other currencies have their code.
_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "JPY": "¥"}
# ISO 4217: without a smaller unit.
_WHOLE = frozenset(
    ("CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)


def price_in_words(price: Mapping[str, Any] | None) -> str:
    """Return a price of the API as people read it: "Free", "£12", "€8.50 to €12", "from 300 CZK"; empty if unknown."""
    if price is None:
        return ""
    lowest, highest, currency = price["min"], price["max"], price["currency"]
    if highest == 0:
        return "Free"
    if highest is None:
        return f"From {_amount(lowest, currency)}" if lowest else ""
    if lowest is None:
        return f"Up to {_amount(highest, currency)}"
    if lowest == highest:
        return _amount(highest, currency)
    return f"{_amount(lowest, currency) if lowest else 'Free'} to {_amount(highest, currency)}"


def language_in_words(language: str | None) -> str:
    """Return the name of a language, its code if Django knows no name; empty for None."""
    parts = (language or "").lower().split("-")
    for length in range(len(parts), 0, -1):
        try:
            return str(get_language_info("-".join(parts[:length]))["name"])
        except KeyError:
            continue
    return language or ""


def facts_in_words(event: Mapping[str, Any]) -> list[str]:
    """Return the facts of an event of the API as people read them; unknown ones are left out."""
    age = event["minimumAge"]
    facts = (
        price_in_words(event["price"]),
        {"ONLINE": "Online", "MIXED": "In person and online"}.get(event["attendance"] or "", ""),
        language_in_words(event["language"]),
        "" if age is None else f"From {age} years" if age else "All ages",
    )
    return [fact for fact in facts if fact]


def _amount(number: float, currency: str | None) -> str:
    text = f"{number:,.0f}" if number == int(number) or currency in _WHOLE else f"{number:,.2f}"
    symbol = _SYMBOLS.get(currency or "")
    return f"{symbol}{text}" if symbol else f"{text} {currency or ''}".strip()
