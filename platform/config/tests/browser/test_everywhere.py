"""Tests of what holds everywhere: axe finds nothing serious, it fits a phone, the policy is strict."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from config.http.policy import POLICY
from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import at_rest, cards

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
GRAVE = ("serious", "critical")
PAGES = ("/sign-in", "/password-reset", "/password-reset/sent", "/password-reset/complete", "/password-reset/x/y")


def violations_of(page):
    page.evaluate(AXE)
    done = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    assert len(done["passes"]) > 5
    return [
        (finding["id"], node["target"], node["failureSummary"])
        for finding in done["violations"] if finding["impact"] in GRAVE for node in finding["nodes"]
    ]  # fmt: skip


def settle(page):
    at_rest(page)
    # Nothing is half transparent any more.
    page.wait_for_timeout(250)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1_280])
def test_axe_finds_nothing_serious_and_nothing_sticks_out(page, watch, scheme, width):
    watch.expect("400 (Bad Request)")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    result, overflow = {}, {}

    def look(name):
        if grave := violations_of(page):
            result[name] = grave
        if (inner := page.evaluate("document.documentElement.scrollWidth")) > width:
            overflow[name] = inner

    for address in ("/", "/?view=saved", "/?q=harbour&type=EVENT", "/?q=qqqq", "/?category=knitting"):
        page.goto(address)
        settle(page)
        look(address)
    page.goto("/")
    cards(page).first.get_by_role("button", name="Not for me").press("Enter")
    cards(page).first.locator("[data-save]").press("Enter")
    page.locator("#interests").evaluate("(details) => { details.open = true; }")
    settle(page)
    look("dismissed, saved, interests")
    page.get_by_role("button", name="Profile of").press("Enter")
    look("profile")
    page.goto("/event/3")
    expect(page.locator("#event h1")).not_to_be_empty()
    look("event")

    assert (result, overflow) == ({}, {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_forms(context, watch, scheme):
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

    shown = {path: page.request.get(path).headers.get("content-security-policy") for path in ("/", "/event/1", *PAGES)}

    assert shown == dict.fromkeys(("/", "/event/1", *PAGES), POLICY)
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


def test_first_tab_skips_to_the_events(page):
    page.goto("/")
    cards(page).first.wait_for()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the events")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the events")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_focus_is_seen_on_everything_that_takes_it(page):
    keyboard = Keyboard(page)
    for wanted in (
        page.get_by_label("Search events"),
        page.get_by_role("link", name="Popular"),
        page.get_by_role("checkbox", name="Arts"),
        page.get_by_label("About"),
        cards(page).first.get_by_role("link"),
        cards(page).first.locator("[data-save]"),
        cards(page).first.get_by_role("button", name="Not for me"),
    ):
        keyboard.go_to(wanted)
        # The chip shows the focus of its hidden checkbox.
        seen = wanted.evaluate("""(element) => [element, element.nextElementSibling]
          .some((one) => one && getComputedStyle(one).outlineStyle === "solid" && parseFloat(getComputedStyle(one).outlineWidth) >= 2)""")
        assert seen, wanted


def test_landmarks_and_headings_are_in_order(page):
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3')].filter((one) => one.checkVisibility()).map((one) => one.tagName)"
    )

    assert (levels[0], set(levels[1:])) == ("H1", {"H2"})
    for role in ("banner", "navigation", "main", "complementary", "search"):
        expect(page.get_by_role(role)).to_have_count(1)


def test_nothing_moves_for_those_who_would_rather_not(page):
    page.emulate_media(reduced_motion="reduce")

    moving = page.evaluate("document.getAnimations().length")
    lasting = page.evaluate("getComputedStyle(document.querySelector('.card button')).transitionDuration")

    assert (moving, lasting) == (0, "0s")
