"""Tests of what people read of reasons."""

from recommendations.feed.reasons import reason_texts


def reason(text, signal="peers"):
    return {"signal": signal, "text": text}


def test_people_read_three_reasons_none_twice_and_no_score():
    reasons = [
        reason("A score of 0.97 for you", "score"), reason("Of interest to 2 people"), reason("You chose the Club once"),
        reason("Of interest to 2 people", "people"), reason("Where you go anyway"), reason("Starts in 2 days"),
    ]  # fmt: skip

    assert reason_texts(reasons) == ["Of interest to 2 people", "You chose the Club once", "Where you go anyway"]


def test_fewer_reasons_are_all_read():
    assert reason_texts([reason("Starts in 2 days")]) == ["Starts in 2 days"]
    assert reason_texts([]) == []
