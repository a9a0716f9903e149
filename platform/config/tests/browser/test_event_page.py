"""Tests of an event's page as a visitor gets it who follows a link, and of what they do there."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.tests.browser.person import PASSWORD, Person, asked
from config.tests.browser.watching import Watch
from shots.served import Served

EVENT = 57


@pytest.fixture(autouse=True)
def _open_to_visitors(product: Served) -> Iterator[None]:
    """The product with PUBLIC_BROWSING, on the port that it keeps."""
    product.stop()
    product.start(PUBLIC_BROWSING="true")
    yield
    product.stop()


@pytest.fixture
def visit(context: BrowserContext, watch: Watch) -> Page:
    """The event's page, opened by its link by somebody who is not signed in."""
    page = context.new_page()
    page.goto(f"/e/{EVENT}")
    return page


def sign_in(page: Page, ana: Person) -> None:
    page.get_by_label("Username").fill(ana.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_shared_link_opens_signed_out_with_data_that_is_the_api_s(visit, product):
    event = asked(visit, f"/events/{EVENT}")
    data = json.loads(visit.locator('script[type="application/ld+json"]').inner_text())

    expect(visit).to_have_url(re.compile(rf"/e/{EVENT}-[a-z0-9-]+$"))
    expect(visit.get_by_role("heading", level=1)).to_have_text(event["title"])
    assert (data["name"], data["url"], data["location"]["name"]) == (event["title"], visit.url, event["locationName"])
    assert visit.locator('link[rel="canonical"]').get_attribute("href") == visit.url
    # It opens at a thumb's reach, in a window of a phone, without scrolling sideways.
    visit.set_viewport_size({"width": 320, "height": 640})
    for button in visit.locator(".act-bar button").all():
        box = button.bounding_box()
        assert box is not None
        assert (box["height"] >= 44, box["y"] > 500, box["y"] + box["height"] <= 640) == (True, True, True)
    assert visit.evaluate("document.documentElement.scrollWidth") == 320


def test_save_is_kept_through_sign_in(visit, ana):
    visit.locator(".act-bar").get_by_role("button", name="Save").click()
    expect(visit).to_have_url(re.compile("/sign-in"))
    sign_in(visit, ana)

    expect(visit).to_have_url(re.compile(rf"/e/{EVENT}-[a-z0-9-]+$"))
    expect(visit.locator(".act-bar .save")).to_have_text("Saved")
    saved = asked(visit, "/interactions?action=SAVE")["results"]
    assert [row["eventId"] for row in saved].count(EVENT) == 1


def test_page_reads_and_goes_without_javascript(browser, product, ana):
    with browser.new_context(base_url=product.address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"/e/{EVENT}")
        expect(page.get_by_role("heading", level=1)).not_to_be_empty()
        expect(page.locator(".description")).not_to_be_empty()
        page.locator(".act-bar").get_by_role("button", name="Going").click()
        sign_in(page, ana)

        expect(page.locator(".act-bar")).to_contain_text("You are going")
        expect(page.get_by_role("status").first).to_have_text("Noted: you are going.")


def test_link_is_shared(visit, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.evaluate("navigator.share = undefined")

    visit.get_by_role("link", name="Share").click()

    # Not the link's own words: the page may just be drawn anew in the visitor's zone.
    expect(visit.locator("#live")).to_have_text("The link is in the clipboard.")
    assert visit.evaluate("navigator.clipboard.readText()") == visit.url
