"""Tests of coming and going: signing in and out, the demo's button, a session that ends."""

import re

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import PASSWORD, cards, feed, ids, shown_ids


def test_person_signs_in_and_out_by_keyboard(context, watch, ana):
    page = context.new_page()
    ana.sign_in(page)

    assert shown_ids(page)[:20] == ids(feed(page))

    Keyboard(page).press(page.get_by_role("button", name="Sign out"))
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/"))


def test_wrong_password_is_reported_and_the_name_kept(context, watch, ana):
    watch.expect("403 (Forbidden)")
    page = context.new_page()
    page.goto("/")

    page.get_by_label("Username").fill(ana.username)
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_have_text("Username or password is wrong, or the account is not active.")
    expect(page.get_by_label("Username")).to_have_value(ana.username)


def test_demo_user_signs_in_by_a_button(context, watch, demo_accounts):
    page = context.new_page()
    page.goto("/event/1")

    Keyboard(page).press(page.get_by_role("button", name="Look around as ana"))

    # To what was asked for first.
    expect(page).to_have_url(re.compile("/event/1$"))
    expect(page.locator("#event h1")).not_to_be_empty()


def test_forgotten_password_is_asked_for_from_the_sign_in_page(context, watch, ana):
    page = context.new_page()
    page.goto("/sign-in")
    keyboard = Keyboard(page)

    keyboard.press(page.get_by_role("link", name="Forgotten your password?"))
    keyboard.go_to(page.get_by_label("Email"))
    page.keyboard.type(f"{ana.username}@example.org\n")

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")


def test_ended_session_is_reported_and_nothing_typed_is_lost(page, watch, ana, product):
    watch.expect("401 (Unauthorized)", "403 (Forbidden)")
    keyboard = Keyboard(page)
    # The dialog asks once it opens; were that refused, the sign-in would come before anything is typed.
    with page.expect_response("**/users/me/calendar"):
        keyboard.press(page.get_by_role("button", name="Profile of"))
    profile = page.get_by_role("dialog", name="Your profile")
    profile.get_by_label("Display name").fill("Ana of the Harbour")
    ana.end_session(product)

    keyboard.press(profile.get_by_role("button", name="Save"))
    session = page.get_by_role("dialog", name="Your session has ended")
    expect(session.get_by_label("Username")).to_have_value(ana.username)
    expect(session.get_by_label("Password")).to_be_focused()
    page.keyboard.type("wrong\n")
    expect(session.get_by_role("alert")).to_have_text("Username or password is wrong, or the account is not active.")
    session.get_by_label("Password").fill("")
    page.keyboard.type(f"{PASSWORD}\n")

    expect(session).to_be_hidden()
    expect(profile).to_be_hidden()
    expect(page.get_by_role("button", name="Profile of Ana of the Harbour")).to_be_visible()
    # The next request has the new session's CSRF token.
    cards(page).first.locator("[data-save]").press("Enter")
    expect(page.locator("#live")).to_have_text(re.compile("^Saved: "))


def test_who_does_not_sign_in_again_finds_what_was_typed(page, watch, ana, product):
    watch.expect("401 (Unauthorized)", "403 (Forbidden)")
    ana.end_session(product)

    page.get_by_label("Search events").fill("bread")
    page.keyboard.press("Enter")
    session = page.get_by_role("dialog", name="Your session has ended")
    session.get_by_role("button", name="Not now").press("Enter")

    expect(page.locator("#state h2")).to_have_text("You are signed out")
    expect(page.get_by_label("Search events")).to_have_value("bread")
    page.get_by_role("button", name="Try again").press("Enter")
    session.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(cards(page).first).to_be_visible()


def test_other_person_who_signs_in_gets_a_page_of_their_own(page, watch, ana, product, demo_accounts):
    watch.expect("401 (Unauthorized)")
    ana.end_session(product)

    page.get_by_role("link", name="Popular").press("Enter")
    session = page.get_by_role("dialog", name="Your session has ended")
    session.get_by_label("Username").fill("staff")
    session.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation(url="**/?view=popular"):
        page.keyboard.press("Enter")

    expect(page.get_by_role("button", name=re.compile("Profile of"))).not_to_have_attribute(
        "aria-label", re.compile("Ana")
    )
    expect(cards(page).first).to_be_visible()
