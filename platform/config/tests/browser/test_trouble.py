"""Tests of what goes wrong: the server gone, no network, an event that is not there."""

import re

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import asked, cards, feed, ids, shown_ids, written

REFUSED = "net::ERR_CONNECTION_REFUSED"
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


def saved_by(page):
    return [row["eventId"] for row in asked(page, "/interactions?action=SAVE")["results"]]


def test_more_that_fails_is_reported_and_repeated(page, watch, product):
    watch.expect(REFUSED)
    keyboard = Keyboard(page)
    product.stop()

    keyboard.press(page.get_by_role("link", name="Show more"))
    notice = page.get_by_role("alert").filter(has_text="No more could be loaded. Marquee cannot be reached")
    expect(notice.get_by_role("button", name="Try again")).to_be_focused()
    expect(cards(page)).to_have_count(20)
    product.start()
    page.keyboard.press("Enter")

    expect(cards(page)).to_have_count(40)
    expect(page.locator("#notice")).to_be_hidden()
    assert shown_ids(page) == ids(feed(page, limit="40"))


def test_save_without_a_server_is_kept_and_sent_with_the_next_page(page, watch, product):
    watch.expect(REFUSED)
    first = shown_ids(page)[0]
    save = cards(page).first.locator(".save")
    product.stop()

    Keyboard(page).press(save)
    expect(page.locator("#offline")).to_have_text(
        "Marquee cannot be reached at the moment. 1 save is sent when this is over."
    )
    expect(save).to_have_attribute("aria-pressed", "true")
    product.start()
    with written(page, "SAVE"):
        page.reload()

    expect(page.locator("#offline")).to_be_hidden()
    expect(save).to_have_attribute("aria-pressed", "true")
    assert saved_by(page).count(first) == 1


def test_saves_without_a_line_are_sent_when_it_is_back(page, watch):
    watch.expect(OFFLINE)
    keyboard = Keyboard(page)
    before, shown = saved_by(page), shown_ids(page)
    wanted = [pk for pk in shown if pk not in before][:3]
    buttons = [page.locator(f'li[data-id="{pk}"] .save') for pk in wanted]
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_have_text("You are offline. What is shown may be out of date.")

    for button in buttons:
        keyboard.press(button)
    # One too many.
    keyboard.press(buttons[1])
    expect(page.locator("#offline")).to_have_text(re.compile(r"^You are offline\. 3 saves are sent"))
    expect(buttons[2]).to_have_attribute("aria-pressed", "true")
    page.context.set_offline(False)

    # Without being asked to.
    expect(page.locator("#offline")).to_be_hidden()
    assert sorted(saved_by(page)) == sorted([wanted[0], wanted[2], *before])
    page.reload()
    pressed = [button.get_attribute("aria-pressed") for button in buttons]
    assert pressed == ["true", "false", "true"]


def test_save_that_is_refused_is_taken_back(page, watch, product):
    watch.expect("404 (Not Found)")
    save = cards(page).nth(3).locator(".save")
    gone = shown_ids(page)[3]
    page.route("**/interactions", lambda route: route.fulfill(status=404, json={"detail": "There is no event."}))

    save.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("could not be saved. There is no event.")
    expect(save).to_have_attribute("aria-pressed", "false")
    assert gone not in saved_by(page)
    page.reload()
    expect(page.locator("#offline")).to_be_hidden()


def test_dismissal_that_fails_is_taken_back_and_repeated(page, watch, product):
    watch.expect(REFUSED)
    first = feed(page)[0]["event"]
    item = page.locator(f'li[data-id="{first["id"]}"]')
    product.stop()

    item.get_by_role("button", name="Not for me").press("Enter")
    expect(page.locator("#notice")).to_contain_text(f"“{first['title']}” could not be dismissed.")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    expect(item.get_by_role("button", name="Not for me")).to_be_visible()

    product.start()
    with written(page, "DISMISS"):
        page.keyboard.press("Enter")
    expect(item.get_by_role("heading")).to_have_count(0)
    assert first["id"] not in ids(feed(page))


def test_refusal_says_what_is_wrong_and_leads_on(page, watch):
    watch.expect("400 (Bad Request)")

    page.goto("/?category=knitting")
    expect(page.get_by_role("heading", name="This was refused")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("category: ")
    page.get_by_role("link", name="Start from the top").press("Enter")

    expect(cards(page).first).to_be_visible()


def test_event_that_is_not_there(page, watch):
    watch.expect("404 (Not Found)")

    page.goto("/event/999999999")
    page.get_by_role("link", name="Look around").press("Enter")

    expect(cards(page).first).to_be_visible()
    expect(page).to_have_url(re.compile("/$"))
