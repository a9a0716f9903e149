"""Forms as a browser sends them: read from the page, with everything that is filled in or hidden there."""

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._form, self._inside = name, False
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._inside = given.get("id") == self._form
        elif not self._inside or (tag == "input" and given.get("type") == "submit"):
            return
        elif tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.values.setdefault(name, []).append(value if given.get("type") != "checkbox" or value else "on")
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.values.setdefault(self._select, []).append(value)
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            # A browser drops the line break that Django writes first.
            self.values[self._textarea][0] = self.values[self._textarea][0].removeprefix("\n").removeprefix("\r\n")
            self._textarea = ""
        elif tag == "form":
            self._inside = False


def opened_form(client: Any, address: str, name: str) -> dict[str, list[str]]:
    """Return what a browser sends if the form with this id is submitted as it is."""
    fields = _Fields(name)
    fields.feed(client.get(address).content.decode())
    return fields.values
