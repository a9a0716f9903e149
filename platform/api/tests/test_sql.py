"""Tests of raw SQL: a prepared statement does not depend on the values that it was first given."""

import pytest
from django.db import DataError, transaction

from api.sql import rows_of

_NUMBERS = "SELECT %(numbers)s::bigint[], %(number)s::bigint"


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", [(5, 40_000, 2**40, -1), (2**40, 5)])
def test_numbers_may_be_larger_than_the_first_were(numbers):
    for number in numbers:
        assert rows_of(_NUMBERS, {"numbers": [number, 2], "number": number}) == [([number, 2], number)]


@pytest.mark.django_db
def test_lists_may_be_empty_before_and_after():
    for numbers in ([], [3], [], [2**40, None]):
        assert rows_of(_NUMBERS, {"numbers": numbers, "number": 1}) == [(numbers, 1)]


@pytest.mark.django_db
def test_goes_on_after_an_error_and_after_many_rows():
    sql = "SELECT 1 / %(divisor)s::bigint FROM generate_series(1, %(rows)s::bigint)"

    for rows in (1, 300, 2):
        assert rows_of(sql, {"divisor": 1, "rows": rows}) == [(1,)] * rows
        with pytest.raises(DataError), transaction.atomic():
            rows_of(sql, {"divisor": 0, "rows": rows})
