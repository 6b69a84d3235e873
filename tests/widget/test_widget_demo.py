"""The demo shop's page: the widget as a shop carries it, with somebody signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings as django_settings
from playwright.async_api import Browser

from bot.conversations.database import on_database
from bot.dialogue.scripted import ScriptedDialogue
from bot.shop.demo.load import load_demo
from channels import registry
from tests.widget.customers import PICTURES, Tab
from tests.widget.shops import ShopSite


async def test_lucia_is_signed_in_on_the_demo_shops_page(
    browser: Browser, site: ShopSite, engine: ScriptedDialogue, settings: Any
) -> None:
    settings.WEB_IDENTITY_SECRETS = [f"sandbox {django_settings.SECRET_KEY}"]
    registry.adapter.cache_clear()
    await on_database(load_demo, datetime(2026, 11, 22, 10, tzinfo=UTC))
    site.origin = site.desk
    context = await browser.new_context(locale="es-ES", viewport={"width": 1200, "height": 780})
    lucia = await Tab(await context.new_page(), site).go("/sandbox/shop")
    await lucia.page.get_by_label("Sesión de").select_option("Lucía Romero")
    await lucia.page.get_by_role("button", name="Cambiar").click()
    await lucia.open()
    await lucia.write("¿Dónde está mi pedido?")
    await lucia.hears("¿Me dices el número de pedido?")
    if PICTURES:
        await lucia.page.screenshot(path=f"{PICTURES}/widget-demo.png")
    assert engine.asked[0].verified == {"channel": "web", "address": "c01"}
    await lucia.panel.press("Escape")
    await lucia.page.get_by_label("Sesión de").select_option("nadie")
    await lucia.page.get_by_role("button", name="Cambiar").click()
    await lucia.open()
    await lucia.write("Soy otra persona")
    await lucia.hears("Dices: Soy otra persona")
    assert await lucia.lines() == ["customer: Soy otra persona", "bot: Dices: Soy otra persona"]
    assert lucia.hosts == {site.desk}
    await context.close()
