"""A customer's files, an approved message and a call-back, as an agent has them in a browser."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.async_api import expect

from bot.conversations.database import on_database
from bot.conversations.models import CallBack, Conversation, Identity
from tests.conversations.media.files import photo, voice
from tests.desk.desk_cast import Line, begin
from tests.desk.test_browser import browser, pytestmark, server, sign_in
from tests.desk.test_desk_files import send

__all__ = ["browser", "pytestmark", "server"]


def lucia() -> Conversation:
    """She sent a photo and a voice note on WhatsApp, 25 hours ago."""
    conversation = begin(
        "Lucía Romero", Line("customer", "El hervidor llegó así"), handoff="policy_check", channel="whatsapp"
    )
    send(conversation, photo(640, 480), "abolladura.jpg")
    send(conversation, voice(), "nota.ogg", transcript="No calienta nada")
    Identity.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25), phone="+34600111222")
    return conversation


async def look(page: Any, name: str) -> None:
    """Keep a picture of the page where POSTVENTA_PICTURES names a folder."""
    if folder := os.environ.get("POSTVENTA_PICTURES"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_files_are_seen_and_late_words_go_as_an_approved_message(server, browser, ana, phone) -> None:
    page = await sign_in(browser, server, ana)
    await page.set_viewport_size({"width": 1440, "height": 1000})
    conversation = await on_database(lucia)
    await page.click(f"#o-{conversation.pk}")
    picture = page.locator(".line .file img")
    await picture.scroll_into_view_if_needed()
    await expect(page.locator(".line .file img")).to_have_js_property("naturalWidth", 640)
    await page.evaluate("document.querySelector('.line audio').load()")
    await page.evaluate("document.querySelector('.line audio').preload = 'metadata'")
    await expect(page.locator(".line audio")).not_to_have_js_property("readyState", 0)
    assert await page.locator("text=No calienta nada").count() == 1
    await look(page, "desk-files")

    assert await page.is_disabled("#send-reply")
    await page.click("[data-dialog=dialog-template]")
    await page.check("input[value=answer_ready]")
    await look(page, "desk-templates")
    await page.click("#dialog-template button.main")
    await page.wait_for_selector(".line.agent >> text=Hola, Lucía: soy Ana Ruiz")

    await page.click("[data-dialog=dialog-call]")
    assert await page.input_value("#form-call [name=phone]") == "+34600111222"
    await page.fill("#form-call [name=about]", "la garantía")
    await page.click("#dialog-call button.main")
    await page.wait_for_selector(".call >> text=la garantía")
    await look(page, "desk-call")
    await page.goto(f"{server}/desk/calls")
    await look(page, "desk-calls")
    await page.click(".call button >> text=Hecha")
    await page.wait_for_selector("text=Nadie espera una llamada")
    assert (await CallBack.objects.aget()).state == "done"
