"""Tests of finding something: filters, search, an event's own page, the profile."""

import re

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import asked, cards, feed, ids, shown_ids, written


def test_filters_narrow_the_list(page):
    keyboard = Keyboard(page)
    keyboard.press(page.locator(".filters summary"))
    keyboard.go_to(page.get_by_label("About"))
    page.keyboard.type("Music")
    keyboard.go_to(page.get_by_label("Show"))
    page.keyboard.type("Gigs")
    keyboard.press(page.get_by_role("button", name="Apply"))
    expect(page).to_have_url(re.compile(r"\?view=recommended&on=&category=music&type=GIG$"))

    assert shown_ids(page) == ids(feed(page, type="GIG", category="music"))
    assert len(shown_ids(page)) > 1

    # The address says it all.
    page.reload()
    expect(page.get_by_label("About")).to_have_value("music")
    keyboard.press(page.get_by_role("link", name="Clear filters"))
    expect(page).to_have_url(re.compile(r"/\?view=recommended$"))
    assert shown_ids(page) == ids(feed(page))


def test_search_finds_what_is_ahead(page):
    keyboard = Keyboard(page)
    keyboard.go_to(page.get_by_label("Search events"))
    page.keyboard.type("harbour\n")
    expect(page.get_by_role("heading", level=1)).to_have_text("“harbour”")
    expect(page).to_have_url(re.compile(r"/search\?q=harbour$"))

    assert len(shown_ids(page)) > 3

    page.get_by_label("Search events").fill("qqqq")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_event_opens_is_recorded_and_leads_back_to_its_place(page):
    keyboard = Keyboard(page)
    card = cards(page).nth(6)
    title = card.get_by_role("link")
    event = feed(page)[6]["event"]
    with written(page, "VIEW"):
        keyboard.press(title)

    expect(page.get_by_role("heading", level=1)).to_have_text(event["title"])
    expect(page.get_by_role("main")).to_contain_text(event["locationName"])
    expect(page.locator(".description")).to_contain_text(event["description"].split("\n")[0])
    viewed = asked(page, "/interactions?action=VIEW&limit=1")["results"]
    assert [row["eventId"] for row in viewed] == [event["id"]]

    page.go_back()
    expect(card.get_by_role("heading")).to_have_text(event["title"])
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
    expect(link).to_have_count(0)


def test_event_is_saved_and_dismissed_on_its_own_page(page):
    keyboard = Keyboard(page)
    event = feed(page)[0]["event"]
    keyboard.press(cards(page).first.get_by_role("link"))
    main = page.get_by_role("main")

    with written(page, "SAVE"):
        keyboard.press(main.get_by_role("button", name=re.compile("^Save")))
    expect(main.get_by_role("button", name=re.compile("^Saved"))).to_have_attribute("aria-pressed", "true")
    with written(page, "DISMISS"):
        keyboard.press(main.get_by_role("button", name="Not for me"))
    expect(main.get_by_role("button", name=re.compile("^Undo"))).to_be_focused()

    assert event["id"] not in ids(feed(page))


def test_profile_takes_name_and_typed_place(page, watch):
    watch.expect("400 (Bad Request)")
    keyboard = Keyboard(page)
    keyboard.press(page.get_by_role("link", name=re.compile("Profile of")))
    for label, text in (("Display name", "Ana F."), ("Latitude", "91"), ("Longitude", "0")):
        keyboard.go_to(page.get_by_label(label))
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Give latitude (-90 to 90) and longitude (-180 to 180), or neither.")).to_be_visible()
    expect(page.get_by_label("Display name")).to_have_value("Ana F.")

    page.get_by_label("Longitude").fill("-1.5")
    page.get_by_label("Latitude").fill("0")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Profile of Ana F.")).to_be_visible()
    me = asked(page, "/users/me")
    assert (me["displayName"], me["latitude"], me["longitude"]) == ("Ana F.", 0.0, -1.5)
    page.goto("/?view=recommended")
    expect(cards(page).first.locator(".distance")).to_have_text(re.compile(r"^[\d,]{5,} km away$"))


def test_browser_tells_the_place_roughly(page, product):
    page.context.grant_permissions(["geolocation"], origin=product.address)
    page.context.set_geolocation({"latitude": 38.712345, "longitude": -9.139999})
    page.goto("/profile")

    page.get_by_role("button", name="Use my current location").press("Enter")
    expect(page.get_by_label("Latitude")).to_have_value("38.712")
    page.get_by_role("button", name="Save", exact=True).press("Enter")

    expect(page.get_by_text("Profile stored.")).to_be_visible()
    me = asked(page, "/users/me")
    assert (me["latitude"], me["longitude"]) == (38.712, -9.14)


def test_refused_place_is_reported(page):
    page.goto("/profile")

    page.get_by_role("button", name="Use my current location").press("Enter")

    expect(page.locator("#locate-said")).to_have_text(re.compile("^Your browser does not allow it"))


def test_calendar_addresses_are_given_once_and_revoked(page):
    keyboard = Keyboard(page)
    page.goto("/profile")

    keyboard.press(page.get_by_role("button", name="Get addresses"))
    addresses = [page.get_by_label(label).input_value() for label in ("What you saved", "What is recommended to you")]
    assert [re.sub("[0-9a-f]{64}$", "…", address.split("/")[-1]) for address in addresses] == [
        "saved.ics?token=…", "recommendations.ics?token=…",
    ]  # fmt: skip
    for address in addresses:
        opened = page.request.get(address)
        assert (opened.status, opened.text().startswith("BEGIN:VCALENDAR\r\n")) == (200, True)

    page.goto("/profile")
    expect(page.get_by_label("What you saved")).to_have_count(0)
    expect(page.locator("#calendar")).to_contain_text(re.compile(r"You got addresses on \d+ \w+ \d{4}\."))
    keyboard.press(page.get_by_role("button", name="Revoke them"))
    expect(page.get_by_role("button", name="Get addresses")).to_be_visible()
    assert [page.request.get(address).status for address in addresses] == [401, 401]


def test_organiser_is_hidden_and_shown_again_by_keyboard(page, ana):
    keyboard = Keyboard(page)
    page.goto("/?view=popular")
    event = next(row["event"] for row in feed(page, "/recommendations/popular") if row["event"]["organiser"])
    name = event["organiser"]["name"]
    item = page.locator(f'li[data-id="{event["id"]}"]')

    keyboard.press(item.locator("details.hide summary"))
    keyboard.press(item.get_by_role("button", name=f"All by {name}"))

    expect(page.locator(".undo")).to_contain_text(f"Events by {name} are hidden from now on.")
    expect(item).to_have_count(0)
    assert name not in {
        row["event"]["organiser"] and row["event"]["organiser"]["name"] for row in feed(page, limit="100")
    }
    keyboard.press(page.get_by_role("button", name=f"Undo: show {name} again"))
    expect(item).to_be_visible()
    expect(page.locator(".undo")).to_have_count(0)
    assert asked(page, "/mutes")["results"] == []
