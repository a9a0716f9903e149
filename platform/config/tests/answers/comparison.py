"""The comparison of an answer with what was recorded."""

import math
from collections.abc import Iterator
from typing import Any

PROBLEM = "application/problem+json"
# Words for people, which may change: of reasons everywhere, of problems only where they stand in one.
_WORDS = ("text",)
_WORDS_OF_PROBLEMS = ("title", "detail")
# Models are trained and texts embedded anew, and other processors round the last digits in another way; similarities
# have four.
_COMPUTED = ("score", "value", "contribution", "similarity")
_RELATIVE, _ABSOLUTE = 1e-5, 1.1e-4


def differences(recorded: Any, current: Any) -> list[str]:
    """Return, each with the place where it is, what was recorded and is not so now.

    Fields and headers may be added. Words may change: a reason's and a rule's `text`, and in problem documents `title`,
    `detail` and the messages in `errors`, though not the names that they stand under.
    """
    return list(_answer(recorded, current))


def _answer(recorded: Any, current: Any) -> Iterator[str]:
    if len(recorded) != len(current):
        yield f"{len(recorded)} answers were recorded, now there are {len(current)}"
        return
    for place, (then, now) in enumerate(zip(recorded, current, strict=True)):
        is_problem = then["headers"].get("Content-Type") == PROBLEM
        yield from _value(then["status"], now["status"], f"{place}.status")
        yield from _value(then["headers"], now["headers"], f"{place}.headers")
        yield from _value(then["body"], now["body"], f"{place}.body", is_problem=is_problem)


def _value(then: Any, now: Any, where: str, *, is_problem: bool = False) -> Iterator[str]:
    if isinstance(then, dict) and isinstance(now, dict):
        for name, value in then.items():
            place = f"{where}.{name}"
            if name not in now:
                yield f"{place} is gone; it was {_shown(value)}"
            elif is_problem and name == "errors":
                yield from (
                    f"{place}.{field} is gone; it was {_shown(value[field])}"
                    for field in value
                    if field not in now[name]
                )
            elif _is_words(name, value, now[name], is_problem=is_problem):
                continue
            elif not _close(name, value, now[name]):
                yield from _value(value, now[name], place)
    elif isinstance(then, list) and isinstance(now, list):
        if len(then) != len(now):
            yield f"{where} had {len(then)} items and has {len(now)}"
        for place, (one, other) in enumerate(zip(then, now, strict=False)):
            yield from _value(one, other, f"{where}.{place}")
    elif not _same(then, now):
        yield f"{where} was {_shown(then)} and is {_shown(now)}"


def _is_words(name: str, then: Any, now: Any, *, is_problem: bool) -> bool:
    if is_problem and name == "errors":
        return isinstance(now, dict) and set(then) <= set(now)
    return (
        name in (*_WORDS, *(_WORDS_OF_PROBLEMS if is_problem else ()))
        and isinstance(then, str)
        and isinstance(now, str)
    )


def _close(name: str, then: Any, now: Any) -> bool:
    if name in _COMPUTED and isinstance(then, float) and isinstance(now, float):
        return math.isclose(then, now, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    return False


def _same(then: Any, now: Any) -> bool:
    # True is 1 to Python, and not to a client.
    return type(then) is type(now) and bool(then == now)


def _shown(value: Any) -> str:
    return repr(value)[:200]
