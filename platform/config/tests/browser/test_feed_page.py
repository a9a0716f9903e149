"""Tests of the list: cards, reasons, dismissing, saving, paging, all by keyboard."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import asked, at_rest, cards, feed, ids, shown_ids, written

ZONE = ZoneInfo("America/New_York")


def in_words(start_at, now):
    """When something starts, told as the page should."""
    start = datetime.fromisoformat(start_at).astimezone(ZONE)
    days = (start.date() - now.astimezone(ZONE).date()).days
    time = f"{start:%H:%M}"
    if days in (0, 1):
        return f"{('Today', 'Tomorrow')[days]} {time}"
    if days < 7:
        return f"{start:%A} {time}"
    year = "" if start.year == now.astimezone(ZONE).year else f" {start.year}"
    return f"{start:%a} {start.day} {start:%b}{year}, {time}".replace(" Sep", " Sept")


def test_cards_tell_event_and_reasons_as_the_api_does(page):
    now = datetime.now(ZONE)

    for card, row in zip(cards(page).all(), feed(page), strict=False):
        event, when = row["event"], in_words(row["event"]["startAt"], now)
        # The card says in any case when it starts.
        reasons = [reason["text"] for reason in row["reasons"] if reason["signal"] != "start"]

        expect(card.get_by_role("heading")).to_have_text(event["title"])
        expect(card.locator("time")).to_have_text(when)
        expect(card.locator("time")).to_have_attribute("datetime", event["startAt"])
        expect(card.locator("[data-where]")).to_have_text(event["locationName"])
        expect(card.locator("[data-distance]")).to_have_text(re.compile(r"^([\d.]+ (km|m) away)?$"))
        expect(card.locator("[data-category]")).to_have_text(event["category"].capitalize())
        expect(card.locator("[data-type]")).to_have_text(event["type"].capitalize())
        expect(card.locator(".reasons li")).to_have_text(reasons)


def test_card_shows_three_reasons_none_twice_and_no_score(page):
    def answer_like_the_hybrid(route):
        answer = route.fetch()
        texts = {"peers": "Liked by 2 people", "people": "Liked by 2 people", "score": "A score of 0.97 for you"}
        texts |= {
            "tag_best": "Its tags are those of what you chose",
            "usual_km": "Where you go anyway",
            "lead_days": "Soon",
        }
        body = answer.json()
        for row in body["results"]:
            row["reasons"] = [{"signal": signal, "text": text} for signal, text in texts.items()]
        route.fulfill(response=answer, json=body)

    page.route("**/recommendations?*", answer_like_the_hybrid)
    page.reload()

    expect(cards(page).first.locator(".reasons li")).to_have_text(
        ["Liked by 2 people", "Its tags are those of what you chose", "Where you go anyway"]
    )


def test_card_of_a_series_says_how_many_dates_follow(page):
    def answer_with_series(route):
        answer = route.fetch()
        body = answer.json()
        body["results"][0]["moreDates"] = 5
        body["results"][1]["moreDates"] = 1
        route.fulfill(response=answer, json=body)

    page.route("**/recommendations?*", answer_with_series)
    page.reload()

    for place, text in enumerate(["and 5 more dates", "and 1 more date", ""]):
        expect(cards(page).nth(place).locator("[data-more-dates]")).to_have_text(text)


def test_days_are_those_of_the_viewers_zone(context, watch, ana):
    page = context.new_page()
    ana.sign_in(page)
    first = feed(page, "/recommendations/upcoming")[0]["event"]
    start = datetime.fromisoformat(first["startAt"])
    reported = []
    for before in (timedelta(minutes=1), timedelta(days=1), timedelta(days=3)):
        page.clock.set_fixed_time(start - before)
        page.goto("/?view=upcoming")
        reported.append((cards(page).first.locator("time").inner_text(), in_words(first["startAt"], start - before)))

    assert [shown for shown, _ in reported] == [expected for _, expected in reported]


def test_views_are_the_endpoints(page):
    keyboard = Keyboard(page)
    shown = {}
    for name in ("Popular", "Upcoming", "Recommended"):
        keyboard.press(page.get_by_role("navigation").get_by_role("link", name=name))
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        at_rest(page)
        expect(page).to_have_title(f"{name} · Marquee")
        shown[name] = shown_ids(page)[:20]

    paths = {
        "Popular": "/recommendations/popular",
        "Upcoming": "/recommendations/upcoming",
        "Recommended": "/recommendations",
    }
    assert shown == {name: ids(feed(page, path)) for name, path in paths.items()}


def test_dismissed_event_goes_and_comes_back_by_undo(page):
    keyboard = Keyboard(page)
    first = feed(page)[0]["event"]
    item = page.locator(f'li[data-id="{first["id"]}"]')
    undo = page.get_by_role("button", name=f"Undo: show “{first['title']}” again")

    with written(page):
        keyboard.press(item.get_by_role("button", name="Not for me"))

    expect(item.get_by_role("heading")).to_have_count(0)
    expect(undo).to_be_focused()
    expect(page.locator("#live")).to_have_text(f"Not for you: {first['title']}. Undo is there, where it stood.")
    assert first["id"] not in ids(feed(page))

    # It is still there after a while elsewhere on the page.
    keyboard.go_to(cards(page).nth(9).locator("[data-save]"))
    keyboard.press(undo)

    expect(item.get_by_role("heading")).to_have_text(first["title"])
    expect(item.get_by_role("button", name="Not for me")).to_be_focused()
    assert ids(feed(page))[0] == first["id"]


def test_dismissed_event_is_gone_from_the_feed_for_good(page):
    first = shown_ids(page)[0]
    with written(page):
        cards(page).first.get_by_role("button", name="Not for me").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible()
    at_rest(page)

    page.reload()

    cards(page).first.wait_for()
    assert shown_ids(page)[:20] == ids(feed(page))
    assert first not in shown_ids(page)


def test_saved_event_stays_saved_until_it_is_not(page):
    keyboard = Keyboard(page)
    before = [row["eventId"] for row in asked(page, "/interactions?action=SAVE")["results"]]
    first = feed(page)[0]["event"]
    save = page.locator(f'li[data-id="{first["id"]}"]').get_by_role("button", name=re.compile("^Save"))
    assert first["id"] not in before

    with written(page):
        keyboard.press(save)
    expect(save).to_have_attribute("aria-pressed", "true")
    expect(save).to_have_text("Saved")
    expect(page.locator("#live")).to_have_text(f"Saved: {first['title']}")
    page.reload()
    expect(save).to_have_attribute("aria-pressed", "true")

    keyboard.press(page.get_by_role("link", name="Saved", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved")
    expect(cards(page)).to_have_count(len(before) + 1)
    assert shown_ids(page) == [first["id"], *before]

    with written(page):
        keyboard.press(save, "Space")
    expect(save).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#live")).to_have_text(f"No longer saved: {first['title']}")
    assert [row["eventId"] for row in asked(page, "/interactions?action=SAVE")["results"]] == before


def test_changed_interests_change_the_order_at_once(page):
    keyboard = Keyboard(page)
    before = shown_ids(page)[:20]

    for chip in ("Music", "Food", "Tech"):
        keyboard.press(page.get_by_role("checkbox", name=chip), "Space")
    keyboard.press(page.get_by_role("checkbox", name="Science"), "Space")

    expect(cards(page).first.locator("[data-category]")).to_have_text("Science")
    expect(cards(page).first.locator(".reasons li").first).to_have_text("Science is one of your interests")
    expect(page.get_by_role("checkbox", name="Science")).to_be_focused()
    expect(page.locator("#interest-count")).to_have_text("(1)")
    assert asked(page, "/users/me")["interests"] == ["science"]
    after = shown_ids(page)[:20]
    assert (after, after != before) == (ids(feed(page)), True)


def test_list_pages_to_its_end_by_keyboard(page):
    expected, address = [], "/recommendations?limit=100"
    while address:
        answer = asked(page, address)
        expected += ids(answer["results"])
        address = answer["next"]

    for _ in range(len(expected)):
        if page.locator(".end").is_visible():
            break
        page.keyboard.press("End")
        at_rest(page)

    expect(page.locator(".end")).to_have_text("That is everything.")
    assert len(expected) > 60
    assert shown_ids(page) == expected


def test_button_shows_more_where_nothing_observes(context, watch, ana):
    context.add_init_script("window.IntersectionObserver = class { observe() {} unobserve() {} }")
    page = context.new_page()
    ana.sign_in(page)

    Keyboard(page).press(page.get_by_role("button", name="Show more"))

    expect(cards(page)).to_have_count(40)
    expect(cards(page).nth(20).get_by_role("link")).to_be_focused()
    assert shown_ids(page) == ids(feed(page, limit="40"))
