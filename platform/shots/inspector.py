"""The pictures of the admin's feed inspector, two rankers side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from shots.served import Served

# As recommendations/demo/loading.py has them, which needs Django's settings.
_STAFF, _PASSWORD, _PERSON = "staff", "demo", "ana"
_DESK = (1_280, 860)
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def inspector_pictures(browser: Browser, product: Served, images: Path) -> Iterator[Path]:
    """Write the demo user's feed as staff see it, as inspector-SCHEME.png; yield the paths."""
    for scheme in _SCHEMES:
        width, height = _DESK
        with browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme) as context:
            page = context.new_page()
            page.goto(f"{product.address}/admin/login/")
            page.locator("#id_username").fill(_STAFF)
            page.locator("#id_password").fill(_PASSWORD)
            page.get_by_role("button", name="Log in").click()
            page.goto(f"{product.address}/admin/recommendations/feed/?user={_PERSON}")
            page.goto(f"{page.url}?beside=popular")
            path = images / f"inspector-{scheme}.png"
            page.screenshot(path=path)
            yield path
