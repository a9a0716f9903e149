"""Tests of coming and going: signing in and out, the demo's button, a session that ends."""

import re

from playwright.sync_api import expect

from config.tests.browser.keyboard import Keyboard
from config.tests.browser.person import PASSWORD, asked, cards, feed, ids, shown_ids, written


def test_person_signs_in_and_out_by_keyboard(context, watch, ana):
    page = context.new_page()
    ana.sign_in(page)

    assert shown_ids(page) == ids(feed(page))

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

    expect(page.get_by_role("alert")).to_contain_text(
        "The name or the password is wrong, or the account is not active."
    )
    expect(page.get_by_label("Username")).to_have_value(ana.username)


def test_demo_user_signs_in_by_a_button(context, watch, demo_accounts):
    page = context.new_page()
    page.goto("/event/1")

    Keyboard(page).press(page.get_by_role("button", name="Look around as ana"))

    # To what was asked for first.
    expect(page).to_have_url(re.compile("/e/1-"))


def test_forgotten_password_is_asked_for_from_the_sign_in_page(context, watch, ana):
    page = context.new_page()
    page.goto("/sign-in")
    keyboard = Keyboard(page)

    keyboard.press(page.get_by_role("link", name="Forgotten your password?"))
    keyboard.go_to(page.get_by_label("E-mail address"))
    page.keyboard.type(f"{ana.username}@example.org\n")

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mail")


def test_ended_session_is_reported_and_the_save_is_made_after_signing_in(page, watch, ana, product):
    watch.expect("401 (Unauthorized)", "403 (Forbidden)")
    save = cards(page).nth(2).locator(".save")
    wanted = shown_ids(page)[2]
    ana.end_session(product)

    save.press("Enter")
    notice = page.get_by_role("alert").filter(has_text="Your session has ended.")
    expect(notice.get_by_role("link", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_label("Username").fill(ana.username)
    page.get_by_label("Password").fill(PASSWORD)
    with written(page, "SAVE"):
        page.keyboard.press("Enter")

    # Where it was left.
    expect(page).to_have_url(re.compile(r"/\?view=recommended$"))
    expect(save).to_have_attribute("aria-pressed", "true")
    assert asked(page, "/interactions?action=SAVE")["results"][0]["eventId"] == wanted


def test_what_is_searched_is_kept_while_signing_in_again(page, ana, product):
    ana.end_session(product)

    page.get_by_label("Search events").fill("bread")
    page.keyboard.press("Enter")
    page.get_by_label("Username").fill(ana.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_label("Search events")).to_have_value("bread")
    expect(cards(page).first).to_be_visible()
