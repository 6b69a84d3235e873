"""Lucía and Marc in front of a browser. They find things as a person does: by their role and their name."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.chromium import AXE, PICTURES
from tests.widget.shops import ShopSite

WATCH = """
  window.broken = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective: rule, blockedURI: what }) => {
    window.broken.push(`${rule} ${what}`);
  });
"""


class Tab:
    """One page with the chat open."""

    def __init__(self, page: Page, site: ShopSite) -> None:
        self.page, self.site = page, site
        self.hosts: set[str] = set()
        self.posted: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._asked(request.url, request.method))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _asked(self, url: str, method: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.hosts.add("/".join(url.split("/", 3)[:3]))
        if method == "POST":
            self.posted.append(url.rpartition("/")[2])

    async def go(self, path: str = "/") -> Tab:
        await self.page.goto(self.site.origin + path)
        return self

    @property
    def launcher(self) -> Locator:
        return self.page.locator("postventa-chat .launch")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def box(self) -> Locator:
        return self.panel.get_by_role("textbox")

    async def open(self) -> Tab:
        await self.launcher.click()
        await expect(self.panel).to_be_visible()
        return self

    async def write(self, text: str) -> None:
        await self.box.fill(text)
        await self.box.press("Enter")

    async def hears(self, text: str, seconds: float = 20) -> None:
        await expect(self.log).to_contain_text(text, timeout=seconds * 1000)

    async def until(self, look: Callable[[], Awaitable[object]], what: str, seconds: float = 30) -> None:
        """Look again and again until it is so; the page goes on meanwhile."""
        deadline = time.monotonic() + seconds
        while not await look():
            assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} s"
            await self.page.wait_for_timeout(50)

    async def lines(self) -> list[str]:
        """Every message, in order: who and what."""
        found: list[str] = await self.log.locator("li.row").evaluate_all(
            "rows => rows.map((row) => `${row.classList[1]}: ${row.querySelector('.bubble').innerText.trim()}`)"
        )
        return found

    async def picture(self, name: str) -> None:
        if PICTURES:
            await self.page.screenshot(path=Path(PICTURES) / f"widget-{name}.png")

    async def faults(self) -> list[str]:
        """What axe finds against WCAG 2.2 A and AA, and its best practices."""
        await self.page.add_script_tag(path=AXE)
        found: list[Any] = await self.page.evaluate("async () => (await axe.run()).violations")
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


class Opener:
    """Calls people in, and sees to it at the end that no page broke a rule or asked a stranger for anything."""

    def __init__(self, browser: Browser, site: ShopSite) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[BrowserContext] = []
        self.tabs: list[Tab] = []

    async def __call__(self, **options: Any) -> Tab:
        """A person with a browser of their own."""
        options = {"locale": "es-ES", "viewport": {"width": 1100, "height": 760}, **options}
        context = await self.browser.new_context(**options)
        await context.add_init_script(WATCH)
        self.contexts.append(context)
        return await (await self.tab(context)).open()

    async def tab(self, context: BrowserContext, path: str = "/") -> Tab:
        tab = Tab(await context.new_page(), self.site)
        self.tabs.append(tab)
        return await tab.go(path)

    async def leave(self) -> None:
        try:
            for tab in self.tabs:
                assert tab.errors == []
                assert tab.hosts <= {self.site.origin, self.site.desk}, "a third party was asked for something"
                if not tab.page.is_closed():
                    assert await tab.page.evaluate("window.broken") == []
        finally:
            for context in self.contexts:
                await context.close()
