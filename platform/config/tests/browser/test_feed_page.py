"""Tests of the list: cards, reasons, dismissing, saving, paging, all by keyboard."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import asked, cards, feed, ids, shown_ids, written

ZONE = ZoneInfo("America/New_York")


def test_cards_tell_event_and_reasons_as_the_api_does(page):
    for card, row in zip(cards(page).all(), feed(page), strict=False):
        event = row["event"]
        # The card says in any case when it starts.
        reasons = [reason["text"] for reason in row["reasons"] if reason["signal"] != "start"]

        expect(card.get_by_role("heading")).to_have_text(event["title"])
        start = datetime.fromisoformat(card.locator("time").get_attribute("datetime"))
        assert start == datetime.fromisoformat(event["startAt"])
        expect(card.locator(".where")).to_have_text(event["locationName"])
        expect(card.locator(".distance")).to_have_text(re.compile(r"^[\d.]+ (km|m) away$"))
        expect(card.locator(".category")).to_have_text(event["category"].capitalize())
        expect(card.locator(".kind")).to_contain_text(event["type"].capitalize())
        expect(card.locator(".reasons li")).to_have_text(reasons)


def test_first_page_is_drawn_in_the_visitors_zone(context, watch, ana):
    page = context.new_page()
    ana.sign_in(page)

    shown = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "zone"]

    assert shown == ["America/New_York"]


def test_views_are_the_endpoints(page):
    keyboard = Keyboard(page)
    shown = {}
    for name in ("Popular", "Upcoming", "Recommended"):
        keyboard.press(page.get_by_role("navigation", name="Sections").get_by_role("link", name=name))
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page).to_have_title(f"{name} · Marquee")
        shown[name] = shown_ids(page)

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
    keyboard.go_to(cards(page).nth(9).locator(".save"))
    keyboard.press(undo)

    expect(item.get_by_role("heading")).to_have_text(first["title"])
    expect(item.get_by_role("button", name="Not for me")).to_be_focused()
    assert ids(feed(page))[0] == first["id"]


def test_dismissed_event_is_gone_from_the_feed_for_good(page):
    first = shown_ids(page)[0]
    with written(page):
        cards(page).first.get_by_role("button", name="Not for me").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_be_visible()

    page.reload()

    assert shown_ids(page) == ids(feed(page))
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
    assert set(shown_ids(page)) == {first["id"], *before}

    with written(page):
        keyboard.press(save, "Space")
    expect(save).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#live")).to_have_text(f"No longer saved: {first['title']}")
    assert [row["eventId"] for row in asked(page, "/interactions?action=SAVE")["results"]] == before


def test_changed_interests_change_the_order(page):
    keyboard = Keyboard(page)
    before = shown_ids(page)
    keyboard.press(page.get_by_role("link", name="Profile of"))

    for chip in ("Music", "Food", "Tech", "Science"):
        keyboard.press(page.get_by_role("checkbox", name=chip), "Space")
    keyboard.press(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("status").filter(has_text="Profile stored.")).to_be_visible()
    keyboard.press(page.get_by_role("link", name="Recommended"))

    expect(cards(page).first.locator(".category")).to_have_text("Science")
    expect(cards(page).first.locator(".reasons li").first).to_have_text("Science is one of your interests")
    assert asked(page, "/users/me")["interests"] == ["science"]
    after = shown_ids(page)
    assert (after, after != before) == (ids(feed(page)), True)


def test_list_pages_to_its_end_by_keyboard(page):
    keyboard = Keyboard(page)
    expected, address = [], "/recommendations?limit=100"
    while address:
        answer = asked(page, address)
        expected += ids(answer["results"])
        address = answer["next"]

    for shown in range(20, len(expected), 20):
        keyboard.press(page.get_by_role("link", name="Show more"))
        expect(cards(page).nth(shown).get_by_role("link")).to_be_focused()

    expect(page.locator(".end")).to_have_text("That is everything.")
    assert len(expected) > 60
    assert shown_ids(page) == expected


def test_upcoming_days_have_one_heading_each_over_all_pages(page):
    page.goto("/?view=upcoming")
    for _ in range(2):
        number = cards(page).count()
        page.get_by_role("link", name="Show more").press("Enter")
        expect(cards(page)).to_have_count(number + 20)

    days = page.locator(".day").all_inner_texts()
    assert (len(days), len(days) > 2) == (len(set(days)), True)


def test_weekend_is_a_tap_away_and_chips_lead_on(page):
    keyboard = Keyboard(page)
    keyboard.press(page.get_by_role("link", name="Weekend", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("This weekend")

    for card in cards(page).all():
        start = datetime.fromisoformat(card.locator("time").get_attribute("datetime")).astimezone(ZONE)
        assert (start.weekday(), start.hour >= 17 or start.weekday() > 4) in ((4, True), (5, True), (6, True))

    week = page.get_by_role("link", name=re.compile(r"^Next 7 days"))
    number = week.locator("small").inner_text().split()[0]
    keyboard.press(week)
    expect(page.get_by_role("heading", level=1)).to_have_text("Next 7 days")
    expect(page).to_have_url(re.compile(r"/\?when=week$"))
    while page.get_by_role("link", name="Show more").is_visible():
        shown = cards(page).count()
        page.get_by_role("link", name="Show more").press("Enter")
        expect(cards(page)).not_to_have_count(shown)
    assert str(cards(page).count()) == number
