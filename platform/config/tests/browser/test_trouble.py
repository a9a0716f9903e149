"""Tests of what goes wrong: the server gone, no network, an event that is not there."""

import re

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import asked, cards, feed, ids, shown_ids

REFUSED = "net::ERR_CONNECTION_REFUSED"
OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


def test_stopped_server_is_reported_and_retrying_works_when_it_is_back(page, watch, product):
    watch.expect(REFUSED)
    keyboard = Keyboard(page)
    product.stop()

    keyboard.press(page.get_by_role("link", name="Popular"))
    expect(page.locator("#state h2")).to_have_text("No answer")
    expect(page.locator("#state p").first).to_have_text("Marquee cannot be reached at the moment.")
    expect(page.locator("#live")).to_have_text("No answer. Marquee cannot be reached at the moment.")
    keyboard.press(page.get_by_role("button", name="Try again"))
    expect(page.get_by_role("button", name="Try again")).to_be_visible()

    product.start()
    keyboard.press(page.get_by_role("button", name="Try again"))

    expect(cards(page).first.get_by_role("link")).to_be_focused()
    assert shown_ids(page)[:20] == ids(feed(page, "/recommendations/popular"))


def test_save_that_fails_is_taken_back_and_repeated(page, watch, product):
    watch.expect(REFUSED)
    keyboard = Keyboard(page)
    save = cards(page).first.locator("[data-save]")
    first = shown_ids(page)[0]
    product.stop()

    keyboard.press(save)
    notice = page.get_by_role("alert").filter(has_text="could not be saved. Marquee cannot be reached")
    expect(notice).to_be_visible()
    expect(save).to_have_attribute("aria-pressed", "false")
    product.start()
    expect(notice.get_by_role("button", name="Try again")).to_be_focused()
    page.keyboard.press("Enter")

    expect(save).to_be_focused()
    expect(save).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#notice")).to_be_hidden()
    expect(page.locator("#live")).to_have_text(re.compile("^Saved: "))
    saved = [row["eventId"] for row in asked(page, "/interactions?action=SAVE")["results"]]
    assert saved.count(first) == 1


def test_dismissal_and_interests_that_fail_are_taken_back(page, watch, product):
    watch.expect(REFUSED)
    first = feed(page)[0]["event"]
    item = page.locator(f'li[data-id="{first["id"]}"]')
    music = page.get_by_role("checkbox", name="Music")
    product.stop()

    item.get_by_role("button", name="Not for me").press("Enter")
    expect(page.locator("#notice")).to_contain_text(f"“{first['title']}” could not be dismissed.")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    page.get_by_role("button", name="Close").press("Enter")
    expect(item.get_by_role("button", name="Not for me")).to_be_visible()
    music.press("Space")
    expect(page.locator("#notice")).to_contain_text("Your interests could not be stored.")
    expect(music).to_be_checked()

    product.start()
    expect(again).to_be_focused()
    page.keyboard.press("Enter")
    expect(music).not_to_be_checked()
    expect(cards(page).first.locator("[data-category]")).not_to_have_text("Music")


def test_offline_is_shown_and_over_when_it_is_over(page, watch):
    watch.expect(OFFLINE)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()

    page.get_by_role("link", name="Upcoming").press("Enter")
    expect(page.locator("#state h2")).to_have_text("You are offline")

    page.context.set_offline(False)
    # Without being asked to.
    expect(cards(page).first).to_be_visible()
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator("#state h2")).to_have_count(0)


def test_network_lost_while_paging_keeps_what_is_there(page, watch):
    watch.expect(OFFLINE)
    expect(cards(page)).to_have_count(20)
    page.context.set_offline(True)

    cards(page).last.scroll_into_view_if_needed()
    expect(page.locator("#state h2")).to_have_text("You are offline")
    expect(cards(page)).to_have_count(20)
    page.context.set_offline(False)

    expect(cards(page)).to_have_count(40)
    assert shown_ids(page) == ids(feed(page, limit="40"))


def test_refusal_is_shown_in_the_servers_words(page, watch):
    watch.expect("400 (Bad Request)")

    page.goto("/?category=knitting")

    expect(page.locator("#state h2")).to_have_text("This was refused")
    expect(page.locator("#state p").first).to_have_text("Wrong: category. See errors.")


def test_event_that_is_not_there(page, watch):
    watch.expect("404 (Not Found)")

    page.goto("/event/999999999")
    expect(page.get_by_role("heading", name="There is no such event")).to_be_visible()
    page.get_by_role("button", name="Back to the events").press("Enter")

    expect(cards(page).first).to_be_visible()
    expect(page).to_have_url(re.compile("/$"))


def test_page_that_starts_without_the_server_completes_itself_later(page, watch, product):
    watch.expect("net::ERR_FAILED")
    api = re.compile(r"^http://[^/]+/(users/me|categories|interactions|recommendations)")
    page.route(api, lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#state h2")).to_have_text("No answer")

    page.unroute(api)
    page.get_by_role("button", name="Try again").press("Enter")

    expect(cards(page).first).to_be_visible()
    expect(page.get_by_role("checkbox", name="Music")).to_be_checked()
