"""What every test of the page sees to, whatever it is about."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`Violation of ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
"""


class Watch:
    """Collects requests to other hosts, errors in the console, and violations of the Content-Security-Policy."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self._origin = urlsplit(address).netloc
        self._expected: list[str] = []
        self.requests: list[str] = []
        self.said: list[str] = []
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("request", self._note_request)
        context.on("console", self._note_message)
        context.on("weberror", self._note_error)

    def expect(self, *texts: str) -> None:
        """Let messages pass that hold one of these texts: what the browser itself says of a refused request."""
        self._expected += texts

    def check(self) -> None:
        """Assert that nothing was seen that should not be."""
        strangers = [url for url in self.requests if urlsplit(url).netloc != self._origin]
        wrong = [text for text in self.said if not any(part in text for part in self._expected)]

        assert not strangers, f"asked of others: {strangers}"
        assert not wrong, f"in the console: {wrong}"
        assert self.requests

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith(("data:", "blob:")):
            self.requests.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self.said.append(f"uncaught: {error.error}")
