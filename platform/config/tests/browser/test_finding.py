"""Tests of finding something: filters, search, an event's own page, the profile."""

import re

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import asked, at_rest, cards, feed, ids, shown_ids, written


def test_filters_narrow_the_list(page):
    keyboard = Keyboard(page)
    keyboard.go_to(page.get_by_label("Show"))
    page.keyboard.type("Gigs")
    expect(page).to_have_url(re.compile(r"\?type=GIG$"))
    keyboard.go_to(page.get_by_label("About"))
    page.keyboard.type("Music")
    expect(page).to_have_url(re.compile(r"\?type=GIG&category=music$"))
    at_rest(page)

    assert shown_ids(page) == ids(feed(page, type="GIG", category="music"))

    # The address says it all.
    page.reload()
    cards(page).first.wait_for()
    expect(page.get_by_label("About")).to_have_value("music")
    keyboard.press(page.get_by_role("button", name="Clear filters"))
    expect(page).to_have_url(re.compile("/$"))
    expect(page.get_by_label("Show")).to_be_focused()
    at_rest(page)
    assert shown_ids(page)[:20] == ids(feed(page))


def test_search_finds_what_is_ahead(page):
    keyboard = Keyboard(page)
    keyboard.go_to(page.get_by_label("Search events"))
    page.keyboard.type("harbour")
    expect(page.get_by_role("heading", level=1)).to_have_text("“harbour”")
    expect(page).to_have_url(re.compile(r"\?q=harbour$"))
    at_rest(page)
    now = page.evaluate("new Date().toISOString()")

    shown = shown_ids(page)
    assert shown == ids(asked(page, f"/events?q=harbour&limit=100&startsAfter={now}")["results"])[: len(shown)]
    assert len(shown) > 3

    page.keyboard.type(" qqqq")
    expect(page.locator("#state h2")).to_have_text("Nothing found")
    keyboard.press(page.get_by_role("button", name="Clear the search"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Recommended")
    expect(page.get_by_label("Search events")).to_have_value("")


def test_event_opens_is_recorded_and_leads_back_to_its_place(page):
    keyboard = Keyboard(page)
    card = cards(page).nth(6)
    title = card.get_by_role("link")
    event = feed(page)[6]["event"]
    with written(page):
        keyboard.press(title)

    heading = page.locator("#event h1")
    expect(heading).to_have_text(event["title"])
    expect(heading).to_be_focused()
    expect(page).to_have_url(re.compile(f"/event/{event['id']}$"))
    expect(page.locator("#event [data-where]")).to_have_text(event["locationName"])
    expect(page.locator("#event [data-zone]")).to_have_text("Your time, America/New_York")
    expect(page.locator("#event [data-description]")).to_contain_text(event["description"].split("\n")[0])
    viewed = asked(page, "/interactions?action=VIEW&limit=1")["results"]
    assert [row["eventId"] for row in viewed] == [event["id"]]

    keyboard.press(page.get_by_role("link", name="Back to the events"))
    expect(title).to_be_focused()
    expect(card).to_be_in_viewport()


def test_event_leads_to_its_own_site(page, watch, product):
    # Where it leads to, which is no page, the browser looks for an icon.
    watch.expect("404 (Not Found)")
    with product.database.connect() as connection:
        connection.execute("UPDATE events_event SET url = NULL WHERE id = 1")
        connection.execute("UPDATE events_event SET url = %s WHERE id = 2", [f"{product.address}/healthz"])
    page.goto("/event/2")
    link = page.get_by_role("link", name="Open the event’s website")

    clicks = re.compile("/interactions$")
    with page.context.expect_page() as opened, page.expect_response(clicks) as recorded:
        Keyboard(page).press(link)

    assert (opened.value.url, recorded.value.status) == (f"{product.address}/healthz", 201)
    clicked = asked(page, "/interactions?action=CLICK&limit=1")["results"]
    assert [row["eventId"] for row in clicked] == [2]
    page.goto("/event/1")
    expect(page.locator("#event h1")).not_to_be_empty()
    expect(link).to_have_count(0)


def test_event_is_saved_and_dismissed_on_its_own_page(page):
    keyboard = Keyboard(page)
    event = feed(page)[0]["event"]
    keyboard.press(cards(page).first.get_by_role("link"))
    article = page.locator("#event")

    keyboard.press(article.get_by_role("button", name="Save"))
    expect(article.get_by_role("button", name="Saved")).to_have_attribute("aria-pressed", "true")
    with written(page, "DISMISS"):
        keyboard.press(article.get_by_role("button", name="Not for me"))
    expect(article.get_by_role("button", name=re.compile("^Undo"))).to_be_focused()
    page.go_back()

    expect(page.locator(f'li[data-id="{event["id"]}"]')).to_be_hidden()
    assert event["id"] not in ids(feed(page))


def test_profile_takes_name_and_typed_place(page):
    keyboard = Keyboard(page)
    keyboard.press(page.get_by_role("button", name=re.compile("Profile of")))
    dialog = page.get_by_role("dialog", name="Your profile")
    for label, text in (("Display name", "Ana F."), ("Latitude", "91"), ("Longitude", "abc")):
        keyboard.go_to(dialog.get_by_label(label))
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(dialog.locator("#longitude-wrong")).to_have_text("Write degrees as a number, like -0.128.")
    expect(dialog.get_by_label("Longitude")).to_be_focused()

    dialog.get_by_label("Longitude").fill("-1,5")
    dialog.get_by_label("Latitude").fill("0")
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Profile of Ana F.")).to_be_focused()
    expect(cards(page).first.locator("[data-distance]")).to_have_text(re.compile(r"^[\d,]{5,} km away$"))
    me = asked(page, "/users/me")
    assert (me["displayName"], me["latitude"], me["longitude"]) == ("Ana F.", 0.0, -1.5)


def test_what_the_server_refuses_stands_beside_its_field(page, watch):
    watch.expect("400 (Bad Request)")
    page.get_by_role("button", name=re.compile("Profile of")).press("Enter")
    dialog = page.get_by_role("dialog", name="Your profile")
    dialog.get_by_label("Latitude").fill("91")
    page.keyboard.press("Enter")

    expect(dialog.locator("#latitude-wrong")).to_have_text("Ensure this value is less than or equal to 90.")
    expect(dialog.get_by_label("Latitude")).to_be_focused()


def test_browser_tells_the_place_roughly(page, product):
    page.context.grant_permissions(["geolocation"], origin=product.address)
    page.context.set_geolocation({"latitude": 38.712345, "longitude": -9.139999})
    page.get_by_role("button", name=re.compile("Profile of")).press("Enter")
    dialog = page.get_by_role("dialog", name="Your profile")

    dialog.get_by_role("button", name="Use my current location").press("Enter")
    expect(dialog.get_by_label("Latitude")).to_have_value("38.712")
    dialog.get_by_role("button", name="Save").press("Enter")

    expect(dialog).to_be_hidden()
    me = asked(page, "/users/me")
    assert (me["latitude"], me["longitude"]) == (38.712, -9.14)


def test_refused_place_is_reported(page):
    page.get_by_role("button", name=re.compile("Profile of")).press("Enter")
    dialog = page.get_by_role("dialog", name="Your profile")

    dialog.get_by_role("button", name="Use my current location").press("Enter")

    expect(dialog.locator("#locate-said")).to_have_text(re.compile("^Your browser does not allow it"))


def test_calendar_address_is_given_and_revoked(page):
    keyboard = Keyboard(page)
    page.get_by_role("button", name=re.compile("Profile of")).press("Enter")
    dialog = page.get_by_role("dialog", name="Your profile")
    said = dialog.locator("#calendar-said")

    keyboard.press(dialog.get_by_role("button", name="Get an address"))
    expect(dialog.get_by_label("Address")).to_be_focused()
    expect(dialog.get_by_label("Address")).to_have_value(
        re.compile(r"^http://.*/recommendations\.ics\?token=[0-9a-f]{64}$")
    )
    address = dialog.get_by_label("Address").input_value()
    opened = page.request.get(address)
    assert (opened.status, opened.text().startswith("BEGIN:VCALENDAR\r\n")) == (200, True)

    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("Profile of")).press("Enter")
    expect(said).to_have_text(re.compile(r"^You got an address on \w+,? \d+ \w+ \d{4}\. A new one replaces it\.$"))
    expect(dialog.get_by_label("Address")).to_be_hidden()
    keyboard.press(dialog.get_by_role("button", name="Revoke address"))
    expect(said).to_have_text("Revoked: the address no longer works.")
    expect(dialog.get_by_role("button", name="Get an address")).to_be_focused()
    assert page.request.get(address).status == 401
