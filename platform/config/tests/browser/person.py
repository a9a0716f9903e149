"""A person of a test: a copy of the demo's Ana, and what the API tells of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from config.tests.browser.keyboard import Keyboard
from shots.served import Served

PASSWORD = "demo"

_COPY_USER = """
INSERT INTO users_user (username, email, password, is_superuser, first_name, last_name, is_staff, is_active,
                        date_joined, display_name, interests, latitude, longitude, personal_ranking)
SELECT %(name)s, %(email)s, password, false, '', '', false, true,
       date_joined, display_name, interests, latitude, longitude, personal_ranking
FROM users_user WHERE username = 'ana' RETURNING id
"""
_COPY_PAST = """
INSERT INTO interactions_interaction (user_id, event_id, action, created_at)
SELECT %(id)s, event_id, action, created_at
FROM interactions_interaction JOIN users_user ON users_user.id = user_id WHERE username = 'ana'
"""
_END_SESSIONS = "DELETE FROM users_session WHERE user_id = %s"


@dataclass(frozen=True)
class Person:
    """Somebody with a username, and the password of everybody in the demo."""

    id: int
    username: str

    @classmethod
    def like_ana(cls, product: Served, name: str) -> Person:
        with product.database.connect() as connection:
            row = connection.execute(_COPY_USER, {"name": name, "email": f"{name}@example.org"}).fetchone()
            assert row is not None
            connection.execute(_COPY_PAST, {"id": row[0]})
        return cls(row[0], name)

    def sign_in(self, page: Page) -> None:
        """Go to the recommended events and sign in, with the keyboard; wait until they are there."""
        page.goto("/?view=recommended")
        keyboard = Keyboard(page)
        keyboard.go_to(page.get_by_label("Username"))
        page.keyboard.type(self.username)
        keyboard.go_to(page.get_by_label("Password"))
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Recommended")
        cards(page).first.wait_for()

    def leave(self, product: Served) -> None:
        """Delete them with all they did, so that the next person finds the counts as they were."""
        with product.database.connect() as connection:
            connection.execute(_END_SESSIONS, [self.id])
            connection.execute("DELETE FROM users_user WHERE id = %s", [self.id])

    def end_session(self, product: Served) -> None:
        """End all their sessions, on the server."""
        with product.database.connect() as connection:
            connection.execute(_END_SESSIONS, [self.id])


def cards(page: Page) -> Any:
    """Return the list's items that show an event."""
    return page.locator(".cards li[data-id]:has(.card)")


def shown_ids(page: Page) -> list[int]:
    """Return the ids of the events in the list, in order."""
    return [int(item) for item in cards(page).evaluate_all("items => items.map((item) => item.dataset.id)")]


def asked(page: Page, path: str) -> Any:
    """Return what the API answers to the page's own session."""
    answer = page.context.request.get(path, headers={"Accept": "application/json"})
    assert answer.status == 200, answer.text()
    return answer.json()


def feed(page: Page, path: str = "/recommendations", **parameters: str) -> list[dict[str, Any]]:
    """Return the results of a feed's first page, as the API gives them."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    results: list[dict[str, Any]] = asked(page, f"{path}?{query}" if query else path)["results"]
    return results


def ids(results: list[dict[str, Any]]) -> list[int]:
    """Return the ids of events, or of events with reasons."""
    return [row.get("event", row)["id"] for row in results]


def written(page: Page, action: str = "") -> Any:
    """Wait, at the end of a `with`, until the API has answered an interaction: the page itself goes on at once."""
    return page.expect_response(
        lambda answer: (
            "/interactions" in answer.url
            and answer.request.method != "GET"
            and action in (answer.request.post_data or "")
        )
    )
