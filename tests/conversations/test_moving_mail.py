"""To mail and away from it: each thread is a conversation there, choices are numbers, answers stay in their thread."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversations.models import Conversation, Move
from bot.dialogue.scripted import ScriptedDialogue
from tests.channels.test_mail import ADDRESS
from tests.conversations.moves import code_in, everything, press_on
from tests.conversations.people import Page
from tests.conversations.test_mail_road import Shop, shop, smtp

__all__ = ["shop", "smtp"]
pytestmark = pytest.mark.usefixtures("every_channel")


async def code_for_mail(web: Page) -> str:
    await web.say("¿puedo seguir por correo?")
    told = (await web.said("system"))[-1]
    assert ADDRESS in told, "nobody can guess where to write to"
    return code_in(told)


async def to_mail(web: Page, shop: Shop, name: str = "1") -> Any:
    """Lucía writes the code in a mail of her own; gives our answer."""
    arrived = await shop.gets(f"Seguir aquí: {await code_for_mail(web)}", name, Subject="Mi devolución")
    assert (await web.reload()).channel == "mail"
    return arrived


async def test_a_chat_goes_on_by_mail_in_the_thread_that_brought_the_code(
    page: Any, shop: Shop, engine: ScriptedDialogue
) -> None:
    web = await page()
    await web.say("quiero devolver la freidora")
    arrived = await to_mail(web, shop)
    assert (arrived["Subject"], arrived["In-Reply-To"]) == ("Re: Mi devolución", "<1@example.com>")
    assert "no tienes que repetir nada" in shop.said()[-1]
    await shop.gets("porque hace ruido", "2", In_Reply_To=str(arrived["Message-ID"]))
    assert [(str(asked.conversation), asked.text) for asked in engine.asked] == [
        (str(web.conversation), "quiero devolver la freidora"),
        (str(web.conversation), "porque hace ruido"),
    ]
    assert shop.said()[-1] == "bot: porque hace ruido"
    shown = await web.read()
    assert shown["moved_to"] == "mail" and "porque hace ruido" not in str(shown)


async def test_the_number_of_the_button_takes_it_back_and_the_old_thread_says_so_and_is_kept(
    page: Any, shop: Shop, engine: ScriptedDialogue
) -> None:
    web = await page()
    await web.say("quiero devolver la freidora")
    arrived = await to_mail(web, shop)
    assert "1. Volver a la web" in shop.said()[-1]
    gone = await shop.gets("1", "2", In_Reply_To=str(arrived["Message-ID"]))
    assert (await web.reload()).channel == "web"
    assert "sigue en el chat de la web" in shop.said()[-1]
    assert (gone["Subject"], gone["In-Reply-To"]) == ("Re: Mi devolución", "<2@example.com>")

    # On the page Lucía sends it back once more: her mails go on in the thread that she knows.
    await press_on(web, "Volver a tu correo")
    again = shop.server.calls[-1]
    assert (await web.reload()).channel == "mail"
    assert (again["Subject"], again["In-Reply-To"]) == ("Re: Mi devolución", "<2@example.com>")
    await shop.gets("hace ruido", "3", References=f"<1@example.com> {arrived['Message-ID']}")
    assert str(engine.asked[-1].conversation) == str(web.conversation)
    assert await Conversation.objects.acount() == 1


async def test_a_mail_after_it_left_begins_another_and_both_know_their_place(
    page: Any, shop: Shop, engine: ScriptedDialogue
) -> None:
    web = await page()
    arrived = await to_mail(web, shop)
    await shop.gets("1", "2", In_Reply_To=str(arrived["Message-ID"]))
    await shop.gets("¿seguís ahí?", "3", In_Reply_To=str(arrived["Message-ID"]))
    other = await Conversation.objects.exclude(pk=web.conversation).aget()
    assert engine.asked[-1].conversation == other.pk and engine.asked[-1].fresh
    assert any("sigue en el chat de la web" in said for said in shop.said()[-2:])
    # The first one comes back to its thread: what is written there from now on is its own again.
    await press_on(web, "Volver a tu correo")
    await shop.gets("sigo con la freidora", "4", In_Reply_To=str(arrived["Message-ID"]))
    assert str(engine.asked[-1].conversation) == str(web.conversation)


async def test_it_was_not_me_is_said_by_mail_with_its_number(page: Any, shop: Shop, lucia: Any) -> None:
    first = await shop.gets("Quiero devolver la freidora", "1", Subject="Mi devolución")
    await shop.gets("seguir por memory", "2", In_Reply_To=str(first["Message-ID"]))
    conversation = await Conversation.objects.aget()
    await lucia.say(code_in(shop.said()[-1]))
    await everything()
    await conversation.arefresh_from_db()
    assert conversation.channel == "memory"
    told = shop.server.calls[-1]
    assert "1. No he sido yo" in shop.said()[-1] and told["Subject"] == "Re: Mi devolución"
    await shop.gets("1", "3", In_Reply_To=str(told["Message-ID"]))
    await conversation.arefresh_from_db()
    assert conversation.channel == "mail" and await Conversation.objects.acount() == 1
    assert (await Move.objects.aget(used_at__isnull=False)).undone_by == "customer"
