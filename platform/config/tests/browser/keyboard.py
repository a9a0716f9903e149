"""A person who has no mouse."""

from playwright.sync_api import Locator, Page

_ENOUGH = 300
# 0 when the element has the focus, else whether it comes before or after what has.
_WAY = """(element) => {
  const focused = document.activeElement;
  if (element === focused) return 0;
  return focused.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING ? -1 : 1;
}"""


class Keyboard:
    """Reaches what it wants by Tab and Shift+Tab alone, and presses it."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def go_to(self, wanted: Locator) -> None:
        """Press Tab, or Shift+Tab for what comes before, until an element has the focus."""
        wanted.wait_for(state="attached")
        for _ in range(_ENOUGH):
            way = wanted.evaluate(_WAY)
            if way == 0:
                return
            self._page.keyboard.press("Tab" if way > 0 else "Shift+Tab")
        raise AssertionError(f"{wanted} is not reached by Tab")

    def press(self, wanted: Locator, key: str = "Enter") -> None:
        """Go to an element and press a key there."""
        self.go_to(wanted)
        self._page.keyboard.press(key)
