from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from tests.chromium import ARGUMENTS, CHROMIUM, needs_chromium
from tests.widget.customers import Opener
from tests.widget.replies import answer
from tests.widget.shops import Desk, ShopSite, shop_site

SECRET = "what Lumbre's own server signs its customers with"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/widget/" in str(item.path):
            item.add_marker(needs_chromium)


@pytest.fixture
def engine(transactional_db: None) -> Iterator[ScriptedDialogue]:
    with standing_in(ScriptedDialogue(answer)) as scripted:
        assert isinstance(scripted, ScriptedDialogue)
        yield scripted


@pytest.fixture
def site(engine: ScriptedDialogue, settings: Any) -> Iterator[ShopSite]:
    """Lumbre's page on an origin of its own, carrying the widget of our web process."""
    settings.WEB_IDENTITY_SECRETS = [SECRET]
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
    registry.adapter.cache_clear()
    with Desk() as desk, shop_site(desk.address) as shop:
        shop.hang_up = desk.hang_up
        settings.CORS_ALLOWED_ORIGINS = [shop.origin]
        yield shop
    registry.adapter.cache_clear()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        yield running
        await running.close()


@pytest.fixture
async def customer(browser: Browser, site: ShopSite) -> AsyncIterator[Opener]:
    """customer() is somebody in a browser of their own on Lumbre's page, with the chat open."""
    opener = Opener(browser, site)
    yield opener
    await opener.leave()
