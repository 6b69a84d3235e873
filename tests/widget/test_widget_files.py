"""Pictures and files: by button, paste and drag, with progress, once each, across reloads and without a network."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Route, expect

from bot.conversations.models import Media, Message
from tests.conversations.media.files import pdf, photo
from tests.widget.customers import Opener, Tab


def file(name: str, kind: str, data: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": kind, "buffer": data}


PHOTO = file("robot roto.jpg", "image/jpeg", photo(800, 600))
BILL = file("factura.pdf", "application/pdf", pdf())


async def choose(tab: Tab, *files: dict[str, Any]) -> None:
    async with tab.page.expect_file_chooser() as chooser:
        await tab.panel.get_by_role("button", name="Adjuntar fotos o archivos").click()
    await (await chooser.value).set_files(list(files))


async def hand_over(tab: Tab, event: str, *files: dict[str, Any]) -> None:
    """Files as the browser hands them over when somebody pastes or drops them on the chat."""
    given = [[each["name"], each["mimeType"], base64.b64encode(each["buffer"]).decode()] for each in files]
    target = tab.box if event == "paste" else tab.log
    await target.evaluate(
        """(element, [event, files]) => {
          const data = new DataTransfer();
          for (const [name, type, content] of files) {
            const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));
            data.items.add(new File([bytes], name, { type }));
          }
          const common = { bubbles: true, cancelable: true, composed: true };
          const fire = (name) => element.dispatchEvent(new DragEvent(name, { ...common, dataTransfer: data }));
          if (event === 'paste') element.dispatchEvent(new ClipboardEvent('paste', { ...common, clipboardData: data }));
          else { fire('dragover'); fire(event); }
        }""",
        [event, given],
    )


def tray(tab: Tab) -> Any:
    return tab.panel.get_by_role("list", name="Se enviará con el mensaje").get_by_role("listitem")


async def test_a_photo_of_the_damage_by_the_button_that_is_offered(customer: Opener, tmp_path: Path) -> None:
    lucia = await customer()
    await lucia.write("Me ha llegado roto")
    offered = lucia.panel.get_by_role("button", name="Añadir una foto")
    await expect(offered).to_be_visible(timeout=20_000)
    async with lucia.page.expect_file_chooser() as chooser:
        await offered.click()
    await (await chooser.value).set_files([PHOTO])
    await expect(tray(lucia)).to_have_count(1)
    await expect(tray(lucia)).to_contain_text("robot roto.jpg")
    await lucia.picture("attached")
    await lucia.panel.get_by_role("button", name="Enviar").click()
    await lucia.hears("Recibido: robot roto.jpg.")
    await expect(tray(lucia)).to_have_count(0)
    media = await Media.objects.aget()
    assert (media.kind, media.state, media.width) == ("image", "kept", 800)

    # It is drawn in the message, also after a reload, and can be had back.
    await lucia.page.reload()
    picture = lucia.log.get_by_role("button", name="Abrir robot roto.jpg")
    await expect(picture.locator("canvas")).to_have_js_property("width", 240, timeout=20_000)
    await lucia.picture("photo")
    async with lucia.page.expect_download() as saved:
        await picture.click()
    assert (await saved.value).suggested_filename == "robot roto.jpg"


@pytest.mark.parametrize("event", ["paste", "drop"])
async def test_pasted_and_dropped(customer: Opener, event: str) -> None:
    lucia = await customer()
    await hand_over(lucia, event, PHOTO, BILL)
    await expect(tray(lucia)).to_have_count(2)
    await expect(lucia.box).to_be_focused() if event == "drop" else None
    await tray(lucia).filter(has_text="robot roto").get_by_role("button", name="Quitar robot roto.jpg").click()
    await lucia.write("la factura")
    await lucia.hears("Recibido: factura.pdf.")
    line = await Message.objects.aget(author="customer")
    assert [item["name"] for item in line.attachments] == ["factura.pdf"] and line.text == "la factura"


async def test_progress_can_be_seen_and_stopped(customer: Opener) -> None:
    lucia = await customer()
    held: list[Route] = []
    await lucia.page.route("**/web/attachments", lambda route: held.append(route))
    await choose(lucia, PHOTO)
    await lucia.box.press("Enter")
    bar = lucia.log.get_by_role("progressbar", name="Subiendo")
    await expect(bar).to_be_visible(timeout=20_000)
    await lucia.log.get_by_role("button", name="Cancelar").click()
    await expect(bar).to_be_hidden()
    assert await lucia.lines() == []
    await lucia.page.unroute_all()
    await lucia.write("Ya no hace falta")
    await lucia.hears("Dices: Ya no hace falta")
    assert await Media.objects.acount() == 0


async def test_a_file_that_is_not_taken_is_explained_and_can_be_changed(customer: Opener) -> None:
    lucia = await customer()
    await choose(lucia, file("programa.exe", "application/octet-stream", b"MZ" + bytes(300)))
    await lucia.write("mira esto")
    await expect(lucia.log.get_by_text("No podemos abrir este tipo de archivo")).to_be_visible(timeout=20_000)
    await lucia.picture("refused")
    await lucia.log.get_by_role("button", name="Editar").click()
    await expect(lucia.box).to_have_value("mira esto")
    await tray(lucia).get_by_role("button").click()
    await lucia.box.press("Enter")
    await lucia.hears("Dices: mira esto")


async def test_what_is_too_large_is_not_even_sent(customer: Opener, settings: Any) -> None:
    settings.MEDIA_BYTES = 50_000
    lucia = await customer()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    await hand_over(lucia, "drop", file("vídeo.mp4", "video/mp4", bytes(60_000)))
    await expect(lucia.panel.get_by_role("alert")).to_have_text("vídeo.mp4 es demasiado grande: caben 50 kB.")
    assert "attachments" not in lucia.posted


async def test_files_wait_for_the_network_and_outlive_a_reload(customer: Opener) -> None:
    lucia = await customer()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    await lucia.page.route(
        "**/web/**", lambda route: route.abort() if "/web/a" in route.request.url else route.continue_()
    )
    await choose(lucia, PHOTO, BILL)
    await lucia.write("van dos")
    await expect(lucia.log.get_by_text("Se enviará al volver la conexión")).to_be_visible(timeout=20_000)
    await lucia.page.unroute_all()
    await lucia.page.reload()
    await lucia.hears("Recibido: robot roto.jpg, factura.pdf.", seconds=40)
    assert await Media.objects.acount() == 2
    assert await Message.objects.filter(author="customer").acount() == 2


async def test_a_lost_answer_does_not_send_a_file_twice(customer: Opener) -> None:
    """The file is up, but the message that carries it gets no answer at first."""
    lucia = await customer()
    lost = asyncio.Event()

    async def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost.is_set():
            await route.fetch()
            lost.set()
            await route.abort()
        else:
            await route.continue_()

    await lucia.page.route("**/web/messages", lose)
    await choose(lucia, PHOTO)
    await lucia.write("mira")
    await lucia.hears("Recibido: robot roto.jpg.", seconds=30)
    await expect(lucia.log.get_by_text("Leído")).to_be_visible(timeout=30_000)
    assert lost.is_set() and lucia.posted.count("attachments") == 1
    assert await Media.objects.acount() == await Message.objects.filter(author="customer").acount() == 1
    assert [line.partition(":")[0] for line in await lucia.lines()] == ["customer", "bot"]
