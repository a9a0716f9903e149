"""Tests of the way from a visitor to a personal feed, on a phone."""

import pytest
from playwright.sync_api import expect

from config.tests.browser.person import PASSWORD, asked, cards
from config.tests.browser.watching import Watch

_ADDRESS = "newcomer@example.org"
_DELETE = """
WITH person AS (SELECT id FROM users_user WHERE email = %(address)s),
     addresses AS (DELETE FROM account_emailaddress WHERE user_id IN (TABLE person)),
     sessions AS (DELETE FROM users_session WHERE user_id IN (TABLE person))
DELETE FROM users_user WHERE id IN (TABLE person)
"""


@pytest.fixture
def demo(product):
    """The product as `make run` serves it: open to visitors and newcomers, who need not wait for a mail."""
    product.stop()
    product.start(DEBUG="true", PUBLIC_BROWSING="true", SIGN_UP="true")
    yield product
    product.stop()
    with product.database.connect() as connection:
        connection.execute(_DELETE, {"address": _ADDRESS})


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def phone(browser, demo, request):
    viewport = {"width": 390, "height": 844}
    with browser.new_context(
        base_url=demo.address, viewport=viewport, has_touch=True, java_script_enabled=request.param
    ) as context:
        watch = Watch(context, demo.address)
        # A town that is asked for once more.
        watch.expect("status of 400")
        yield context.new_page()
        watch.check()


def test_from_signed_out_to_a_personal_feed_in_eight_taps_and_two_fields(phone):
    taps = 0

    def tap(target):
        nonlocal taps
        taps += 1
        target.tap()

    phone.goto("/")
    tap(phone.get_by_role("link", name="Sign in"))
    tap(phone.get_by_role("link", name="Sign up"))
    expect(phone.get_by_label("E-mail address")).to_be_focused()
    phone.get_by_label("E-mail address").fill(_ADDRESS)
    tap(phone.get_by_label("Password"))
    phone.get_by_label("Password").fill(f"correct horse {PASSWORD}")
    tap(phone.get_by_role("button", name="Sign up"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Welcome")
    for interest in ("Music", "Food", "Arts"):
        tap(phone.locator(".chip", has_text=interest).first)
    tap(phone.get_by_role("button", name="Show my events"))

    expect(phone.get_by_role("heading", level=1)).to_have_text("Recommended")
    expect(cards(phone).first).to_be_visible()
    assert taps <= 8
    assert sorted(asked(phone, "/users/me")["interests"]) == ["arts", "food", "music"]


def test_first_minute_asks_which_town_is_meant(phone):
    phone.goto("/sign-up")
    phone.get_by_label("E-mail address").fill(_ADDRESS)
    phone.get_by_label("Password").fill(f"correct horse {PASSWORD}")
    phone.get_by_role("button", name="Sign up").tap()
    phone.get_by_label("Your town").fill("Newport")
    phone.get_by_role("button", name="Show my events").tap()

    phone.locator(".chip", has_text="Rhode Island").tap()
    phone.get_by_role("button", name="Show my events").tap()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Recommended")
    assert asked(phone, "/users/me")["latitude"] == pytest.approx(41.49, abs=0.01)
