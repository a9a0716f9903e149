"""Serializers of the search and its suggestions."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from api.fields import TimeZoneField, WholeNumberField
from events.serializers import EventSerializer, FilterParameters
from recommendations.search.pages import SearchPage
from recommendations.search.reasons import TEXTS
from recommendations.search.search import Result
from recommendations.search.suggestions import KINDS, Suggestion

_DIGITS = 4


class SearchParameters(FilterParameters):
    q = serializers.CharField(
        max_length=200, help_text="What to look for: words, names, “this weekend”, “free”, or what it is like."
    )
    timeZone = TimeZoneField(
        required=False, help_text="The zone of “tonight” and the like, as Europe/Lisbon; else that of the server."
    )
    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="How many results at most.")
    cursor = serializers.CharField(
        required=False, max_length=4_000, help_text="Where the page before ended: taken from its `next`."
    )


class TermSerializer(serializers.Serializer[dict[str, Any]]):
    words = serializers.CharField(help_text="The words of the query, as they were written.")
    parameters = serializers.DictField(help_text="The filters that they stand for, by parameter.")


class UnderstoodSerializer(serializers.Serializer[dict[str, Any]]):
    text = serializers.CharField(help_text="The rest of the query, which is searched for.")
    terms = TermSerializer(many=True)
    timeZone = serializers.CharField()
    spelling = serializers.DictField(
        child=serializers.CharField(), help_text="What was searched for in place of words that nothing has."
    )


class SearchReasonSerializer(serializers.Serializer[dict[str, Any]]):
    signal = serializers.ChoiceField(choices=list(TEXTS))
    text = serializers.CharField()


class SearchResultSerializer(serializers.Serializer[dict[str, Any]]):
    event = EventSerializer()
    reasons = SearchReasonSerializer(many=True)
    similarity = serializers.FloatField(
        min_value=-1, max_value=1, allow_null=True, help_text="Cosine of the texts' vectors, if they are near."
    )
    moreDates = serializers.IntegerField(
        min_value=0, help_text="Of a series, only one date is in the results; this many upcoming ones follow it."
    )


class OtherQuerySerializer(serializers.Serializer[dict[str, Any]]):
    text = serializers.CharField()
    q = serializers.CharField(help_text="A query that has results.")


class HelpSerializer(serializers.Serializer[dict[str, Any]]):
    suggestions = OtherQuerySerializer(many=True)
    nearest = EventSerializer(many=True, help_text="The events nearest in meaning.")


class SearchSerializer(serializers.Serializer[dict[str, Any]]):
    by = serializers.ChoiceField(
        choices=["meaning", "words"],
        help_text="By words alone if no event has a vector to compare with, or while the encoder is loading or busy.",
    )
    understood = UnderstoodSerializer()
    help = HelpSerializer(allow_null=True, help_text="What helps on, if there are no results.")
    next = serializers.URLField(allow_null=True)
    results = SearchResultSerializer(many=True)


class SuggestionParameters(FilterParameters):
    q = serializers.CharField(max_length=200, help_text="What has been typed so far.")


class SuggestionSerializer(serializers.Serializer[dict[str, Any]]):
    kind = serializers.ChoiceField(choices=list(KINDS))
    text = serializers.CharField()


class SuggestionListSerializer(serializers.Serializer[dict[str, Any]]):
    results = SuggestionSerializer(many=True)


def search_as_json(page: SearchPage) -> dict[str, Any]:
    """Return a page in the form of SearchSerializer, its `next` without a host."""
    query = page.search.query
    return {
        "by": page.ranking.by,
        "understood": {
            "text": query.text,
            "terms": [
                {"words": term.words, "parameters": {name: _written(each) for name, each in term.parameters.items()}}
                for term in query.terms
            ],
            "timeZone": query.zone.key,
            "spelling": {wrong: right for wrong, right in page.ranking.corrections.items() if right},
        },
        "help": page.help
        and {
            "suggestions": [{"text": each.text, "q": each.q} for each in page.help.suggestions],
            "nearest": EventSerializer(page.help.nearest, many=True).data,
        },
        "next": page.next,
        "results": [_result_as_json(result) for result in page.results],
    }


def suggestions_as_json(suggestions: tuple[Suggestion, ...]) -> dict[str, Any]:
    """Return suggestions in the form of SuggestionListSerializer."""
    return {"results": [{"kind": each.kind, "text": each.text} for each in suggestions]}


def _result_as_json(result: Result) -> dict[str, Any]:
    return {
        "event": EventSerializer(result.event).data,
        "reasons": [reason._asdict() for reason in result.reasons],
        "similarity": None if result.similarity is None else round(result.similarity, _DIGITS),
        "moreDates": result.more_dates,
    }


def _written(value: Any) -> Any:
    """Return the value of a parameter as an address has it, true as JSON has it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return ",".join(value) if isinstance(value, tuple) else value
