"""The organisers that an import names: found, or made."""

from collections.abc import Iterable

from events.importing.drafts import Organised
from events.models import Organiser

_BATCH = 10_000


def organisers_of(named: Iterable[Organised | None]) -> dict[Organised, Organiser]:
    """Return the organiser of each name; who is not there is made. Of several with one name, the first is meant."""
    wanted = dict.fromkeys(one for one in named if one is not None)
    external_ids = [one.external_id for one in wanted if one.external_id]
    by_id = Organiser.objects.in_bulk(external_ids, field_name="external_id")
    names = sorted({one.name for one in wanted if one.external_id is None})
    by_name: dict[str, Organiser] = {}
    # A statement has no room for any number of parameters.
    for first in range(0, len(names), _BATCH):
        # The smallest id comes last, and stays.
        rows = Organiser.objects.filter(name__in=names[first : first + _BATCH]).order_by("-pk")
        by_name |= {row.name: row for row in rows}
    found: dict[Organised, Organiser] = {}
    made: list[Organiser] = []
    for one in wanted:
        organiser = by_name.get(one.name) if one.external_id is None else by_id.get(one.external_id)
        if organiser is None:
            organiser = Organiser(name=one.name, external_id=one.external_id)
            made.append(organiser)
            # Rows of a table may name one id with several names: it is one organiser.
            (by_name if one.external_id is None else by_id)[one.external_id or one.name] = organiser
        found[one] = organiser
    Organiser.objects.bulk_create(made)
    return found
