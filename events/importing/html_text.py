"""The reduction of HTML to text: some programs write descriptions as pages."""

import re
from html import unescape
from html.parser import HTMLParser

_HTML = re.compile(
    r"</?(p|br|div|span|a|b|i|u|em|strong|ul|ol|li|h[1-6]|html|body|table|tr|td|font|img|hr|blockquote)\b[^<>]*>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(amp|nbsp|lt|gt|quot|apos|#[0-9]{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_NEW_LINE = {"br", "tr", "hr"}
_NEW_PARAGRAPH = {"p", "div", "ul", "ol", "table", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_UNSEEN = {"script", "style", "head", "title"}


def text_from(text: str) -> str:
    """Return what a reader would see of a text that may be HTML; one that is not stays as it is."""
    if not _HTML.search(text):
        return unescape(text) if _ENTITY.search(text) else text
    page = _Page()
    page.feed(text)
    page.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(page.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Page(HTMLParser):
    """Gathers what is seen of a page; the address of a link stands after its words, unless it is them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag in _NEW_LINE:
            self.pieces.append("\n")
        elif tag in _NEW_PARAGRAPH:
            self.pieces.append("\n\n")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.pieces)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            self._unseen.remove(tag)
        elif tag in _NEW_PARAGRAPH:
            self.pieces.append("\n\n")
        elif tag == "a" and self._links:
            address, begun = self._links.pop()
            words = "".join(self.pieces[begun:]).strip()
            if address.startswith(("http://", "https://")) and address.rstrip("/") != words.rstrip("/"):
                self.pieces.append(f" ({address})" if words else address)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # As a browser does: a line break in the source is a space.
            self.pieces.append(re.sub(r"[\r\n]+", " ", data))
