"""Two agents and a customer in the browser: canned replies, files, passing on, putting aside, ending, and undo."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from bot.conversations import ownership
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Message
from bot.desk.tools import past_replies
from bot.desk.tools.models import Canned, PastReply
from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo
from bot.shop.models import Case
from tests.conversations.media.files import photo
from tests.desk.desk_cast import Line, begin, say
from tests.desk.test_browser import browser, pytestmark, server, sign_in
from tests.desk.test_browser_files import look
from tests.desk.test_package import open_for

__all__ = ["browser", "pytestmark", "server"]


def prepare() -> tuple[Conversation, Case]:
    """Lucía waits with an approved return, and there is one canned reply."""
    load_demo(shop_day())
    Canned.objects.create(
        shortcut="etiqueta", title="Otra etiqueta", es="Hola, {customer}: te mando otra etiqueta del caso {case}.",
        en="Hello {customer}: another label for case {case}.",
    )  # fmt: skip
    lucia = begin("Lucía Romero", Line("customer", "He perdido la etiqueta"), handoff="no_answer")
    return lucia, open_for(lucia, "return", "LB-10401", skus=["FR5"], pickup=False)


def with_bruno(bruno: int) -> None:
    """Another conversation that he has."""
    marc = begin("Marc Vidal", Line("customer", "Quiero una factura"), handoff="no_answer")
    ownership.take(marc.pk, bruno, agent_name="Bruno Sanz")


async def test_the_tools_of_a_conversation(server, browser, ana, bruno, phone) -> None:
    anas, brunos = await sign_in(browser, server, ana), await sign_in(browser, server, bruno)
    await anas.set_viewport_size({"width": 1440, "height": 1000})
    lucia, case = await on_database(prepare)
    await anas.click(f"#o-{lucia.pk}")
    await anas.wait_for_selector("#conversation")

    # A slash brings the canned replies; what is chosen is only put into the text.
    await anas.keyboard.press("r")
    await anas.keyboard.press("/")
    await anas.click("#canned-found .pick >> text=Otra etiqueta")
    text = await anas.input_value("#text")
    assert text == f"Hola, Lucía: te mando otra etiqueta del caso {case.number}."
    assert await Message.objects.filter(author="agent").acount() == 0

    # A file that is too large is refused before it is sent; one that is not goes along.
    large = {"name": "video.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff" + bytes(16_100_000)}
    await anas.set_input_files("#attach", large)
    await anas.wait_for_selector("#problem >> text=pasa de 16 MB")
    await anas.set_input_files("#attach", {"name": "lote.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    await anas.wait_for_selector("#along >> text=lote.jpg")
    await expect(anas.locator("#files")).not_to_have_value("")
    await look(anas, "desk-tools-composer")
    # It survives a reload, as the words do.
    await anas.reload()
    await anas.wait_for_selector("#along >> text=lote.jpg")
    assert await anas.input_value("#text") == text
    await anas.focus("#text")
    await anas.keyboard.press("Control+Enter")
    await anas.wait_for_selector(".line.agent .file")
    await expect(anas.locator("#files")).to_have_value("")
    assert await anas.input_value("#text") == ""

    # Passing it to Bruno: he sees it, and accepts by answering.
    await anas.keyboard.press("Escape")
    await anas.keyboard.press("p")
    await anas.wait_for_selector("#form-pass input[type=radio]")
    await look(anas, "desk-tools-pass")
    await anas.check(f"#form-pass input[value='agent:{bruno.pk}']")
    await anas.fill("#form-pass textarea", "Sabe de etiquetas")
    await anas.click("#form-pass button.main")
    await anas.wait_for_selector("text=la tiene Bruno Sanz")
    await brunos.click("#tab-mine")
    await brunos.click(f"#o-{lucia.pk}")
    await brunos.wait_for_selector(".strip >> text=Te la han pasado")
    await brunos.wait_for_selector(".line.note >> text=Sabe de etiquetas")
    await brunos.keyboard.press("t")
    await brunos.wait_for_selector(".strip >> text=Te la han pasado", state="detached")

    # Put aside until the customer writes, which brings it back by itself; meanwhile it stands last.
    await on_database(with_bruno, bruno.pk)
    first = brunos.locator(".entry").first
    await on_database(say, lucia, Line("customer", "¿Sigues ahí?"))
    await expect(first).to_have_attribute("data-id", str(lucia.pk))
    await brunos.keyboard.press("z")
    await brunos.check("#form-snooze input[value=reply]")
    await brunos.click("#form-snooze button.main")
    await brunos.wait_for_selector(".strip >> text=hasta que escriba el cliente")
    await expect(brunos.locator(".entry").last).to_have_attribute("data-id", str(lucia.pk))
    await expect(brunos.locator(".entry").last).to_contain_text("apartada")
    await on_database(say, lucia, Line("customer", "¡Ya la he encontrado!"))
    await brunos.wait_for_selector("#lines >> text=¡Ya la he encontrado!")
    await brunos.wait_for_selector(".strip >> text=hasta que escriba el cliente", state="detached")
    await expect(first).to_have_attribute("data-id", str(lucia.pk))

    # Ended with its outcome, and taken back with one key.
    await brunos.keyboard.press("e")
    await brunos.select_option("#form-resolve select", "solved")
    await brunos.click("#form-resolve button.main")
    await brunos.wait_for_selector("#do-undo")
    await brunos.keyboard.press("u")
    await brunos.wait_for_selector(".bar[data-owner=mine]")
    await look(brunos, "desk-tools-undone")


async def test_a_suggestion_is_put_into_the_text_and_a_judgement_is_corrected(
    server, browser, ana, bruno, phone
) -> None:
    page = await sign_in(browser, server, ana)
    await page.set_viewport_size({"width": 1440, "height": 1000})
    lucia, _ = await on_database(prepare)
    await on_database(learnt, bruno.pk)
    await page.goto(f"{server}/desk/c/{lucia.pk}")
    await page.click("#suggested .pick")
    assert "te mandamos otra etiqueta" in await page.input_value("#text")
    assert await page.locator("#suggested a >> text=Bruno Sanz").count() == 1
    await look(page, "desk-suggested")
    assert await Message.objects.filter(conversation=lucia, author="agent").acount() == 0
    await page.select_option("#sort-topic select", "return")
    await page.wait_for_selector("#sort-topic .ok")


def learnt(bruno: int) -> None:
    """Bruno has answered Marc's words, which mean what Lucía's do."""
    marc = begin("Marc", Line("customer", "He perdido la etiqueta de devolución"), handoff="press")
    ownership.reply(marc.pk, bruno, "No pasa nada: te mandamos otra etiqueta por correo hoy mismo.", agent_name="Bruno")
    past_replies.learn()
    assert PastReply.objects.exclude(answer="").count() == 1


@pytest.fixture(autouse=True)
def no_index(settings: Any, monkeypatch: Any) -> None:
    """No articles: what is suggested comes from colleagues."""
    settings.CHROMA_URL = "http://127.0.0.1:9"
    monkeypatch.setenv("CHROMA_URL", "http://127.0.0.1:9")
