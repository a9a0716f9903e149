"""Tests of what holds everywhere: axe finds nothing serious, it fits a phone, the policy is strict."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from config.http.policy import POLICY
from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import PASSWORD, cards

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
GRAVE = ("serious", "critical")
PAGES = (
    "/sign-in",
    "/password-reset",
    "/password-reset/sent",
    "/password-reset/complete",
    "/password-reset/x-y",
    "/sign-up",
    "/confirm-email",
    "/confirm-email/x",
)


def violations_of(page):
    page.evaluate(AXE)
    done = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert len(done["passes"]) > 5
    return [
        (finding["id"], node["target"], node["failureSummary"])
        for finding in done["violations"] if finding["impact"] in GRAVE for node in finding["nodes"]
    ]  # fmt: skip


ADDRESSES = ("/", "/?view=recommended", "/?view=upcoming", "/?view=saved", "/search?q=harbour", "/search?q=qqqq",
             "/?category=knitting", "/?on=2001-01-01&category=music", "/profile", "/event/3")  # fmt: skip
# What can be tapped, and is seen; links within a sentence may be smaller (WCAG 2.2, 2.5.8).
TOO_SMALL = """() => [...document.querySelectorAll("a, button, input, select, summary, label.chip, label.check")]
  .filter((one) => one.checkVisibility() && !one.closest(".skip, .unseen, .description, p:not(.row, .brand, .more)") && !one.closest("label.chip > *, label.check > *"))
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.height < 43.9 || box.width < 43.9))
  .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1_280])
def test_axe_finds_nothing_serious_nothing_sticks_out_and_all_is_large_enough_to_tap(page, watch, scheme, width):
    watch.expect("400 (Bad Request)")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    result, overflow, small = {}, {}, {}

    def look(name):
        if grave := violations_of(page):
            result[name] = grave
        if (inner := page.evaluate("document.documentElement.scrollWidth")) > width:
            overflow[name] = inner
        if targets := page.evaluate(TOO_SMALL):
            small[name] = targets

    for address in ADDRESSES:
        page.goto(address)
        look(address)
    page.goto("/?view=recommended")
    cards(page).first.get_by_role("button", name="Not for me").press("Enter")
    cards(page).first.locator(".save").press("Enter")
    page.locator("details.filters summary").press("Enter")
    expect(page.get_by_label("About")).to_be_visible()
    look("dismissed, saved, filters")

    assert (result, overflow, small) == ({}, {}, {})


def test_all_is_there_at_twice_the_size_of_text(page):
    """200 % zoom of a window of 1280 is 640 pixels wide; of text alone, twice the font size."""
    page.set_viewport_size({"width": 640, "height": 450})
    for address in ADDRESSES[1:3]:
        page.goto(address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640
        expect(cards(page).first.locator(".save")).to_be_visible()
        clipped = page.evaluate("""() => [...document.querySelectorAll("h1, .title, .facts, .reasons, .save")]
          .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.outerHTML.slice(0, 60))""")
        assert clipped == []


def test_page_reads_and_works_without_javascript(browser, product, ana):
    with browser.new_context(base_url=product.address, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/?view=recommended")
        page.get_by_label("Username").fill(ana.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Recommended")
        first, second = shown_ids_of(page)[:2]
        save = page.locator(f'li[data-id="{first}"] .save')

        save.click()
        expect(save).to_have_text("Saved")
        page.locator(f'li[data-id="{second}"]').get_by_role("button", name="Not for me").click()
        expect(page.locator(f'li[data-id="{second}"]')).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(f'li[data-id="{second}"]')).to_have_count(1)
        page.get_by_role("link", name="Show more").click()
        expect(cards(page)).to_have_count(20)
        page.get_by_label("Search events").fill("harbour")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("“harbour”")
        page.get_by_role("link", name="Weekend", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("This weekend")


def shown_ids_of(page):
    """The ids of the cards, read without a script in the page."""
    return [int(card.get_attribute("data-id")) for card in cards(page).all()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_forms(context, watch, scheme):
    # Sign-up is closed here, which its page says with this status.
    watch.expect("the server responded with a status of 403")
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 700})
    result = {}
    for address in PAGES:
        page.goto(address)
        if grave := violations_of(page):
            result[address] = grave
        assert page.evaluate("document.documentElement.scrollWidth") == 360

    assert result == {}


def test_policy_is_strict_on_every_page(context, watch, ana):
    page = context.new_page()
    ana.sign_in(page)

    shown = {
        path: page.request.get(path).headers.get("content-security-policy")
        for path in ("/", "/search?q=x", "/profile", *PAGES)
    }

    assert shown == dict.fromkeys(("/", "/search?q=x", "/profile", *PAGES), POLICY)
    # The browser heeds it.
    watch.expect("Violation of require-trusted-types-for", "This document requires 'Trusted")
    with page.expect_console_message(lambda message: message.text.startswith("Violation of require-trusted-types-for")):
        refused = page.evaluate("""() => [
      () => document.body.insertAdjacentHTML("beforeend", "<p>"),
      () => document.body.setAttribute("onclick", "1"),
      () => document.createElement("script").textContent = "1",
    ].map((attempt) => {
      try {
        attempt();
      } catch (error) {
        return error.name;
      }
    })""")
    assert refused == ["TypeError", "TypeError", "TypeError"]


def test_first_tab_skips_to_the_content(page):
    page.goto("/?view=popular")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_focus_is_seen_on_everything_that_takes_it(page):
    keyboard = Keyboard(page)
    keyboard.press(page.locator("details.filters summary"))
    for wanted in (
        page.get_by_label("Search events"),
        page.get_by_role("link", name="Popular"),
        page.get_by_role("link", name="Today"),
        page.get_by_label("About"),
        cards(page).first.get_by_role("link"),
        cards(page).first.locator(".save"),
        cards(page).first.get_by_role("button", name="Not for me"),
        page.get_by_role("link", name="Show more"),
    ):
        keyboard.go_to(wanted)
        seen = wanted.evaluate("""(element) => {
          const style = getComputedStyle(element);
          return style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
        }""")
        assert seen, wanted


def test_landmarks_and_headings_are_in_order(page):
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].filter((one) => one.checkVisibility()).map((one) => one.tagName)"
    )

    assert (levels[0], set(levels[1:])) == ("H1", {"H2"})
    for role in ("banner", "main", "search"):
        expect(page.get_by_role(role)).to_have_count(1)
    names = page.get_by_role("navigation").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert names == ["Sections", "When", "What and where"]


def test_nothing_moves_for_those_who_would_rather_not(page):
    page.emulate_media(reduced_motion="reduce")

    moving = page.evaluate("document.getAnimations().length")
    lasting = page.evaluate("getComputedStyle(document.querySelector('.card button')).transitionDuration")

    assert (moving, lasting) == (0, "0s")
