"""The one error of the embedded server."""


class LocalDatabaseError(Exception):
    """The embedded database cannot be used; the message is one line: what is wrong, then what to do."""

    def __init__(self, message: str) -> None:
        """Put the message, which may quote a server's log, on one line."""
        super().__init__(" ".join(message.split()))
