"""Tests of what a visitor meets who has not signed in, on a phone: this weekend, quickly, and the way to an account."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from config.tests.browser.person import PASSWORD, asked, cards

# A line of 400 kbit/s takes 1.2 s for so many bytes; four turns of 300 ms leave 0.6 s of three.
READABLE_BYTES = 60_000
SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def phone(browser, open_product):
    """A page in the window of a phone, with nothing in its cache."""
    viewport = {"width": 390, "height": 844}
    with browser.new_context(base_url=open_product.address, viewport=viewport, timezone_id="Europe/London") as context:
        yield context.new_page()


def test_weekend_is_one_tap_away(phone):
    phone.goto("/?view=popular")

    phone.get_by_role("link", name="Weekend", exact=True).click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("This weekend")
    # Late on a Sunday nothing is left of it, and the page says so in the same place.
    expect(phone.locator("#cards")).to_be_in_viewport()


def test_first_page_is_light_and_nothing_moves(phone):
    asked_for = []
    phone.on("response", lambda answer: asked_for.append(answer))
    phone.add_init_script(SHIFTS)
    line = phone.context.new_cdp_session(phone)
    line.send("Network.enable")
    bits = {"downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
    line.send("Network.emulateNetworkConditions", {"offline": False, "latency": 300, **bits})

    phone.goto("/", wait_until="networkidle")

    needed = [answer for answer in asked_for if urlsplit(answer.url).path in ("/", "/static/page/page.css")]
    sizes = [answer.request.sizes()["responseBodySize"] for answer in needed[:2]]
    assert len(sizes) == 2
    assert sum(sizes) <= READABLE_BYTES
    assert len(asked_for) <= 15, [answer.url for answer in asked_for]
    assert phone.evaluate("window.shift") < 0.05
    # A font that came too late for this page is there at once for the next one.
    fonts = [answer for answer in asked_for if answer.url.endswith(".woff2")]
    assert {answer.headers["cache-control"] for answer in fonts} == {"max-age=315360000, public, immutable"}
    # Scripts and fonts do not hold up the cards.
    blocking = phone.evaluate(
        "performance.getEntriesByType('resource').filter((one) => one.renderBlockingStatus === 'blocking').map((one) => one.name)"
    )
    assert [urlsplit(name).path for name in blocking] == ["/static/page/page.css"]


def test_near_me_is_what_is_around_the_device(phone, open_product):
    phone.context.grant_permissions(["geolocation"], origin=open_product.address)
    phone.context.set_geolocation({"latitude": 50.714912, "longitude": -3.004221})
    phone.goto("/?view=popular")

    phone.get_by_role("button", name="Near me").click()

    expect(phone).to_have_url(re.compile(r"/\?view=popular&radiusKm=3&near=50\.715,-3\.004$"))
    expect(phone.get_by_role("link", name=re.compile(r"^3 km"))).to_have_attribute("aria-current", "true")
    expect(cards(phone).first.locator(".distance")).to_have_text(re.compile(r"^([\d.]+ km|\d+ m) away$"))


def test_saving_leads_through_the_sign_in(phone, ana):
    phone.goto("/?view=popular")
    wanted = int(cards(phone).first.get_attribute("data-id"))

    cards(phone).first.get_by_role("button", name=re.compile("^Save")).click()
    phone.get_by_label("Username").fill(ana.username)
    phone.get_by_label("Password").fill(PASSWORD)
    phone.keyboard.press("Enter")

    expect(phone.get_by_role("link", name=re.compile("^Profile"))).to_be_visible()
    saved = [row["eventId"] for row in asked(phone, "/interactions?action=SAVE")["results"]]
    assert wanted in saved
