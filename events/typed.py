"""This file holds the reading of what staff and operators type, where it may be an id or something else."""

_GREATEST_ID = 2**63 - 1
_MOST_DIGITS = len(str(_GREATEST_ID))


def typed_id(text: str) -> int | None:
    """Return the whole number that these ASCII digits write, None for other text and for more than a bigint holds."""
    # int() would take digits of any alphabet, and any number of them.
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if number <= _GREATEST_ID else None
