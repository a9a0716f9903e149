"""The pictures of the page, light and dark, in desktop and phone width."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

from shots.served import Served

_ZONE = "Europe/London"
_DESK, _PHONE = (1_280, 860), (360, 760)
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def page_pictures(browser: Browser, product: Served, images: Path) -> Iterator[Path]:
    """Write the weekend as page-SCHEME.png and page-SCHEME-phone.png; yield their paths."""
    for scheme in _SCHEMES:
        for name, (width, height) in ((f"page-{scheme}", _DESK), (f"page-{scheme}-phone", _PHONE)):
            with browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                timezone_id=_ZONE,
                reduced_motion="reduce",
            ) as context:
                page = context.new_page()
                sign_in_as_demo_user(page, product)
                path = images / f"{name}.png"
                page.screenshot(path=path)
                yield path


def sign_in_as_demo_user(page: Page, product: Served) -> None:
    """Sign in by the button of the sign-in page, and wait until the weekend and its fonts are there."""
    page.goto(f"{product.address}/sign-in")
    page.get_by_role("button", name="Look around as").click()
    page.locator("#cards li[data-id]").first.wait_for()
    # Once more: fonts that come late are shown from the next page on.
    page.evaluate("document.fonts.ready.then(() => null)")
    page.reload()
    page.evaluate("document.fonts.ready.then(() => null)")
