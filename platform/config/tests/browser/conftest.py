"""The fixtures of the page's tests: the product as production runs it, a browser, a person of one's own.

No ORM here: Playwright runs an event loop in this thread, in which Django refuses to ask a database.
"""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config.tests.browser.person import Person
from config.tests.browser.watching import Watch
from shots.chromium import NoChromium, chromium, installed
from shots.served import Served, served

_numbers = itertools.count()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep all of them in one process, which needs one browser and one product, and skip them without a browser."""
    skips = []
    try:
        installed()
    except NoChromium as error:
        skips.append(pytest.mark.skip(reason=str(error)))
    for item in items:
        if "config/tests/browser" in item.path.as_posix():
            item.add_marker("browser")
            if config.pluginmanager.hasplugin("xdist"):
                item.add_marker(pytest.mark.xdist_group("browser"))
            for skip in skips:
                item.add_marker(skip)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=10_000)
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def kept_product() -> Iterator[Served]:
    with served() as product:
        yield product


@pytest.fixture
def product(kept_product: Served) -> Iterator[Served]:
    """The running product; started again for the next test if this one stops it."""
    yield kept_product
    kept_product.start_if_stopped()


@pytest.fixture
def open_product(product: Served) -> Iterator[Served]:
    """The product while it is open to visitors."""
    product.stop()
    product.start(PUBLIC_BROWSING="true")
    yield product
    product.stop()


@pytest.fixture
def ana(product: Served) -> Iterator[Person]:
    """A person with Ana's interests, home, past and password, whom no other test knows."""
    person = Person.like_ana(product, f"ana{next(_numbers)}")
    yield person
    person.leave(product)


@pytest.fixture
def demo_accounts(product: Served) -> Iterator[None]:
    """The accounts of the demo, which may sign in for a test, as they may while DEBUG is on."""
    change = "UPDATE users_user SET is_demo = %s WHERE username IN ('ana', 'staff')"
    with product.database.connect() as connection:
        connection.execute(change, [False])
    yield
    with product.database.connect() as connection:
        connection.execute(change, [True])


@pytest.fixture
def context(browser: Browser, product: Served) -> Iterator[BrowserContext]:
    """A window with nothing in it, in a zone that is not the server's."""
    with browser.new_context(
        base_url=product.address, timezone_id="America/New_York", viewport={"width": 1_280, "height": 900}
    ) as opened:
        yield opened


@pytest.fixture
def watch(context: BrowserContext, product: Served) -> Iterator[Watch]:
    """Sees that nothing is asked of another host, and no error or violation of the policy is in the console."""
    watch = Watch(context, product.address)
    yield watch
    watch.check()


@pytest.fixture
def page(context: BrowserContext, watch: Watch, ana: Person) -> Page:
    """The page, signed in as Ana, with her feed in it."""
    page = context.new_page()
    ana.sign_in(page)
    return page
