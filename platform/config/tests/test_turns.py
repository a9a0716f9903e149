"""This file holds the tests of the line in which requests wait for a thread."""

from config.http.turns import Turns


def filled(*items, limit=4, seconds=60):
    """A line with items named by their key's letter and a number."""
    turns = Turns(limit, seconds)
    assert [turns.add(item[0], item) for item in items] == [None] * len(items)
    return turns


def drained(turns):
    """Everything that waits, in turn."""
    found = []
    while (item := turns.take()) is not None:
        found.append(item)
    return found


def test_one_key_is_first_come_first_served():
    assert drained(filled("a1", "a2", "a3")) == ["a1", "a2", "a3"]


def test_keys_take_turns():
    assert drained(filled("a1", "a2", "a3", "b1")) == ["a1", "b1", "a2", "a3"]


def test_a_key_that_was_served_goes_behind_the_others():
    turns = filled("a1", "a2", "b1", "b2")

    assert turns.take() == "a1"
    assert turns.take() == "b1"
    assert drained(turns) == ["a2", "b2"]


def test_a_full_line_refuses_the_key_that_fills_it():
    turns = filled("a1", "a2", "a3", "a4")

    assert turns.add("a", "a5") == "a5"
    assert drained(turns) == ["a1", "a2", "a3", "a4"]


def test_a_full_line_makes_room_for_another_key():
    turns = filled("a1", "a2", "a3", "a4")

    assert turns.add("b", "b1") == "a4"
    assert drained(turns) == ["a1", "b1", "a2", "a3"]


def test_room_is_made_until_the_shares_are_equal():
    turns = filled("a1", "a2", "a3", "a4")

    assert [turns.add("b", f"b{number}") for number in (1, 2, 3)] == ["a4", "a3", "b3"]


def test_none_may_wait():
    assert Turns(0, 60).add("a", "a1") == "a1"


def test_what_has_waited_too_long_leaves():
    turns = filled("a1", "b1", seconds=-1)

    assert (turns.overdue(), len(turns), drained(turns)) == (["a1", "b1"], 0, [])


def test_what_may_still_wait_stays():
    turns = filled("a1")

    assert (turns.overdue(), len(turns)) == ([], 1)


def test_a_late_key_gets_no_further_item_in():
    turns = Turns(4, 60, late=0)

    assert [turns.add("a", "a1"), turns.add("a", "a2"), turns.add("b", "b1")] == [None, "a2", None]
    assert drained(turns) == ["a1", "b1"]
