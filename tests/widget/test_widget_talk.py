"""The widget on a strict page of another origin: talking, choosing, sources, keyboards."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from tests.conversations.moves import Phone, code_in
from tests.widget.customers import Opener


async def test_lucia_asks_chooses_and_sees_the_source(customer: Opener) -> None:
    lucia = await customer()
    await lucia.write("¿Qué plazo tengo?")
    await lucia.hears("Tienes 30 días")
    source = lucia.log.get_by_role("link", name="Devolver un producto")
    assert await source.get_attribute("href") == f"{lucia.site.desk}/es/ayuda/devoluciones/"
    link = lucia.log.get_by_role("link", name="https://www.lumbre.example/ayuda")
    assert await link.get_attribute("rel") == "noopener noreferrer"

    await lucia.write("Quiero devolver <b>uno</b>")
    await lucia.hears("¿Cómo está el producto?")
    assert "customer: Quiero devolver <b>uno</b>" in await lucia.lines()
    await lucia.picture("choices")
    choices = lucia.log.get_by_role("group", name="Respuestas posibles")
    await choices.get_by_role("button", name="Usado").click()
    await lucia.hears("Has elegido /b.")
    await expect(choices).to_be_hidden()
    assert (await lucia.lines())[-2:] == ["customer: Usado", "bot: Has elegido /b."]


KEYBOARDS = {
    "Es por un pedido": ("numeric", "off", "Número de pedido"),
    "Te digo el correo": ("email", "email", "Correo electrónico"),
    "Te dejo el teléfono": ("tel", "tel", "Teléfono"),
    "Para la recogida": ("text", "street-address", "Dirección completa"),
    "Te pongo nota": ("numeric", "off", "Del 1 al 5"),
}


async def test_each_question_brings_up_its_keyboard(customer: Opener) -> None:
    lucia = await customer(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 780})
    letters = lucia.panel.get_by_role("button", name="Teclado con letras")
    for text, (mode, fills, name) in KEYBOARDS.items():
        await lucia.write(text)
        await expect(lucia.box).to_have_attribute("inputmode", mode, timeout=20_000)
        await expect(lucia.box).to_have_attribute("autocomplete", fills)
        await expect(lucia.box).to_have_accessible_name(name)
        assert await letters.is_visible() is (mode in ("numeric", "tel"))
    await letters.click()
    await expect(lucia.box).to_have_attribute("inputmode", "text")
    await expect(letters).to_have_attribute("aria-pressed", "true")
    await lucia.write("Mejor os lo cuento")
    await expect(lucia.box).to_have_attribute("inputmode", "text")
    await expect(letters).to_be_hidden()


async def test_typing_and_read(customer: Opener, engine: ScriptedDialogue) -> None:
    lucia = await customer()
    engine.gate.clear()
    await lucia.write("Hola")
    await expect(lucia.panel.get_by_text("Asistente está escribiendo…")).to_be_visible(timeout=20_000)
    await expect(lucia.log.get_by_text("Entregado")).to_be_visible()
    engine.gate.set()
    await lucia.hears("Dices: Hola")
    await expect(lucia.log.get_by_text("Leído")).to_be_visible()
    await expect(lucia.panel.get_by_text("Asistente está escribiendo…")).to_be_hidden()


async def test_a_conversation_that_went_on_elsewhere_is_said_to_be_there(customer: Opener, settings: Any) -> None:
    settings.MOVES_NOT_TO = []
    lucia = await customer()
    await lucia.write("seguir por memory")
    await lucia.hears("escríbenos allí este código")
    phone = Phone(registry.adapter("memory"))
    await phone.say(code_in("\n".join(await lucia.lines())))
    await lucia.hears("Si escribes aquí, empieza otra")
    head = lucia.panel.locator(".sub")
    await expect(head).to_have_text("La conversación sigue en memory")
    await lucia.page.reload()
    await expect(head).to_have_text("La conversación sigue en memory")
    # Written here, another one begins; the page shows who answers that one.
    await lucia.write("Hola de nuevo")
    await lucia.hears("Dices: Hola de nuevo")
    await expect(head).to_contain_text("Asistente automático")


@pytest.mark.parametrize(("language", "opening"), [("es", "Abrir el chat de ayuda"), ("en", "Open the help chat")])
async def test_it_speaks_the_pages_language(customer: Opener, language: str, opening: str) -> None:
    customer.site.language = language
    marc = await customer(locale="de-DE")
    await expect(marc.panel).to_have_attribute("lang", language)
    await marc.panel.press("Escape")
    await expect(marc.page.get_by_role("button", name=opening)).to_be_focused()
