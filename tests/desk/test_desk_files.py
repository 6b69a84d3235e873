"""Customers' files at the desk."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.test import AsyncClient
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.media import store
from bot.conversations.media.checks import Refused
from bot.conversations.models import Conversation, Media, Message
from bot.conversations.writing import append, lock
from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo
from tests.conversations.media.files import photo, voice
from tests.desk.desk_cast import Programme
from tests.desk.test_package import open_for


@transaction.atomic
def send(conversation: Conversation, data: bytes, name: str, **more: str) -> Media:
    media = store.keep(data, conversation=conversation, name=name)
    message = append(lock(conversation.pk), Message.Author.CUSTOMER, "")
    Media.objects.filter(pk=media.pk).update(**more)
    store.attach([media], message)
    return media


async def test_an_agent_sees_the_photo_and_plays_the_voice_note(ana: Any, at_desk: Any, waiting: Conversation) -> None:
    picture = await on_database(send, waiting, photo(), "abolladura.jpg")
    note = await on_database(send, waiting, voice(), "nota.ogg", transcript="No calienta <b>nada</b>")
    desk = await at_desk(ana)
    html = (await desk.get(f"/desk/c/{waiting.pk}")).content.decode()
    assert f'<img src="/desk/media/{picture.pk}"' in html
    assert f'src="/desk/media/{note.pk}"' in html and "<audio controls" in html
    assert "No calienta &lt;b&gt;nada&lt;/b&gt;" in html and "transcripción automática" in html
    answer = await desk.get(f"/desk/media/{note.pk}")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, voice(), "audio/ogg")
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"


async def test_nobody_but_agents_gets_a_file(ana: Any, elena: Any, at_desk: Any, waiting: Conversation) -> None:
    picture = await on_database(send, waiting, photo(), "abolladura.jpg")
    address = f"/desk/media/{picture.pk}"
    assert (await AsyncClient().get(address)).status_code == 302
    assert (await (await at_desk(elena)).get(address)).status_code == 403
    assert (await (await at_desk(ana)).get("/desk/media/00000000-0000-0000-0000-000000000000")).status_code == 404


async def test_a_refused_file_says_so_and_has_no_address(ana: Any, at_desk: Any, waiting: Conversation) -> None:
    def refuse() -> Media:
        media = send(waiting, photo(), "virus.jpg", state="refused", problem="wrong_type")
        media.refresh_from_db()
        return media

    media = await on_database(refuse)
    desk = await at_desk(ana)
    html = (await desk.get(f"/desk/c/{waiting.pk}")).content.decode()
    assert "no es lo que dice ser: rechazado" in html and f"/desk/media/{media.pk}" not in html
    assert (await desk.get(f"/desk/media/{media.pk}")).status_code == 404


async def test_the_photo_of_the_damage_stands_with_its_case(ana: Any, at_desk: Any, waiting: Conversation) -> None:
    def open_case() -> tuple[str, Media]:
        load_demo(shop_day())
        case = open_for(waiting, "damaged", "LB-10404", photo=True)
        media = send(waiting, photo(), "abolladura.jpg")
        Conversation.objects.filter(pk=waiting.pk).update(facts={"case": case.number})
        with transaction.atomic():
            store.give_to_case(lock(waiting.pk))
        return case.number, media

    number, media = await on_database(open_case)
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    card = html[html.index(f'id="case-{number}"') :]
    assert "Archivos del caso" in card and f"/desk/media/{media.pk}" in card
    programme = await on_database(Programme, ana)
    body = (await programme.get(f"/api/cases/{number}")).json()
    assert [(file["kind"], file["url"]) for file in body["files"]] == [("image", f"/desk/media/{media.pk}")]
    assert [line["event"] for line in body["log"]] == ["opened", "file"]
    assert body["log"][1]["at"] <= timezone.now().isoformat()


async def test_a_change_of_a_file_is_news_for_the_page(ana: Any, at_desk: Any, waiting: Conversation) -> None:
    media = await on_database(send, waiting, photo(), "a.jpg")
    seq = (await Message.objects.aget(media=media)).seq
    desk = await at_desk(ana)
    news = (await desk.get(f"/desk/c/{waiting.pk}/news", {"after": seq, "changed": seq})).content.decode()
    assert f"/desk/media/{media.pk}" in news


async def test_a_refusal_has_words_for_the_desk(waiting: Conversation) -> None:
    from bot.desk.labels import FILES

    def code() -> str:
        try:
            store.keep(b"MZ", conversation=waiting)
        except Refused as refused:
            return refused.code
        return ""

    assert await on_database(code) in FILES
