"""From the admin's page to a shop's page: what an editor copies is what works."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from playwright.async_api import Browser, Page, expect

from bot.dialogue.scripted import ScriptedDialogue
from tests.widget.customers import PICTURES, Opener


async def admin_page(browser: Browser, desk: str) -> Page:
    await get_user_model().objects.acreate_superuser("publisher", "p@example.com", "lumbre-publisher")
    context = await browser.new_context(locale="es", permissions=["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    await page.goto(f"{desk}/cms/login/?next=/cms/chat/")
    await page.fill("[name=username]", "publisher")
    await page.fill("[name=password]", "lumbre-publisher")
    await page.press("[name=password]", "Enter")
    await page.wait_for_url("**/cms/chat/")
    return page


async def copied(page: Page, number: int) -> str:
    await page.get_by_role("button", name="Copiar").nth(number).click()
    await expect(page.get_by_text("Copiado").first).to_be_visible()
    return str(await page.evaluate("navigator.clipboard.readText()"))


async def test_the_copied_line_puts_the_chat_on_the_shops_page(
    browser: Browser, customer: Opener, engine: ScriptedDialogue, settings: Any
) -> None:
    site = customer.site
    settings.PUBLIC_BASE_URL = site.desk
    page = await admin_page(browser, site.desk)
    await expect(page.get_by_role("heading", name="El chat en tu web")).to_be_visible()
    if PICTURES:
        await page.screenshot(path=f"{PICTURES}/widget-admin.png", full_page=True)
    site.line = await copied(page, 0)
    policy = await copied(page, 1)
    assert policy == f"script-src {site.desk}; connect-src {site.desk}", "which is the policy of these tests' shop"
    await page.context.close()
    lucia = await customer()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")


async def test_who_may_not_enter_the_admin_does_not_see_it(browser: Browser, customer: Opener) -> None:
    page = await (await browser.new_context()).new_page()
    await page.goto(f"{customer.site.desk}/cms/chat/")
    assert "/login" in page.url
    await page.context.close()
