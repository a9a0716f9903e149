"""The standard codes that events are described with: currencies, time zones and languages."""

import re
from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError

# What the database checks: the form only, so that a new code needs no migration.
CURRENCY = "^[A-Z]{3}$"
LANGUAGE = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
TIME_ZONE = r"^[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*$"
TIME_ZONE_MAX_LENGTH = 64
LANGUAGE_MAX_LENGTH = 11

# ISO 4217, as of 2026: what people pay with; neither funds, metals nor codes for tests. BGN, HRK and ANG were replaced
# lately, and events of the past have them.
CURRENCIES = frozenset((
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC",
    "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK",
    "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN",
    "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON",
    "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
))  # fmt: skip
# Names that the tz database has for programs.
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
_TAG = re.compile("([A-Za-z]{2,3})(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|[0-9]{3}))?")


@cache
def time_zones() -> dict[str, str]:
    """Return the names of the tz database by their lower case, in alphabetical order."""
    return {name.lower(): name for name in sorted(available_timezones() - _NO_PLACES)}


def canonical_currency(text: str) -> str:
    """Return an ISO 4217 code in upper case; ValidationError for any other text."""
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise ValidationError("Write a currency's code of ISO 4217, like EUR, GBP or USD.", "currency")
    return code


def canonical_time_zone(text: str) -> str:
    """Return a name of the IANA time zone database as it is written there; ValidationError for any other text."""
    name = time_zones().get(text.strip().lower())
    if name is None:
        raise ValidationError(
            "Write a time zone's name of the IANA database, like Europe/Lisbon or America/New_York.", "time_zone"
        )
    return name


def canonical_language(text: str) -> str:
    """Return a tag (BCP 47) of language, script and region, like zh-Hant-TW; ValidationError for any other text."""
    parts = _TAG.fullmatch(text.strip())
    if parts is None:
        raise ValidationError("Write a language's code, like en, pt or pt-BR (ISO 639, BCP 47).", "language")
    language, script, region = (part or "" for part in parts.groups())
    return f"{language.lower()}{script.title()}{region.upper()}"


def validate_currency(text: str) -> None:
    """Raise ValidationError for what is no currency's code in upper case."""
    if canonical_currency(text) != text:
        raise ValidationError(f"Write {canonical_currency(text)}.", "currency")


def validate_time_zone(text: str) -> None:
    """Raise ValidationError for what is no name of a time zone, as the IANA database writes it."""
    if canonical_time_zone(text) != text:
        raise ValidationError(f"Write {canonical_time_zone(text)}.", "time_zone")


def validate_language(text: str) -> None:
    """Raise ValidationError for what is no language tag in its usual case."""
    if canonical_language(text) != text:
        raise ValidationError(f"Write {canonical_language(text)}.", "language")
