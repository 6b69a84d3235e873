"""Customers whom the shop has signed in, on the shop's own page: proven, renewed, and gone when they sign out."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from playwright.async_api import expect

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Message
from bot.conversations.writing import append, lock
from bot.dialogue.scripted import ScriptedDialogue
from channels.web.identity import LEEWAY, sign
from tests.widget.conftest import SECRET
from tests.widget.customers import Opener

LUCIA = {"channel": "web", "address": "C-LUCIA"}
WHO = {"identity-url": "/who"}


def token(subject: str = "C-LUCIA", age: timedelta = timedelta(minutes=10)) -> str:
    return sign(SECRET, subject, age, name="Lucía Romero")


async def test_lucia_is_signed_in_and_the_shop_is_asked_only_then(customer: Opener, engine: ScriptedDialogue) -> None:
    site = customer.site
    site.attributes, site.identity = WHO, token()
    lucia = await customer()
    assert site.asked == 0, "who does not write is nobody's business"
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    assert site.asked == 1 and engine.asked[0].verified == LUCIA


async def test_a_pages_own_script_can_tell_too_before_ours_is_there(customer: Opener, engine: ScriptedDialogue) -> None:
    lucia = await customer()
    await lucia.page.context.add_init_script(f"window.postventa = [['identify', async () => '{token()}']]")
    await lucia.go()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    assert engine.asked[0].verified == LUCIA


async def test_signing_in_half_way_keeps_the_conversation(customer: Opener, engine: ScriptedDialogue) -> None:
    customer.site.attributes = WHO
    lucia = await customer()
    await lucia.write("Todavía no he entrado")
    await lucia.hears("Dices: Todavía no he entrado")
    customer.site.identity = token()
    await lucia.go("/otra")
    await lucia.hears("Dices: Todavía no he entrado")
    await lucia.write("Ya he entrado")
    await lucia.hears("Dices: Ya he entrado")
    assert [question.verified for question in engine.asked] == [None, LUCIA]
    assert await Conversation.objects.acount() == 1


async def test_the_proof_runs_out_in_the_middle_and_is_renewed(customer: Opener, engine: ScriptedDialogue) -> None:
    site = customer.site
    # As if the first token had been signed some minutes ago: good for four more seconds.
    site.attributes, site.identity = WHO, token()
    site.identities = [token(age=timedelta(seconds=4) - LEEWAY)]
    lucia = await customer()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")

    async def asked_again() -> bool:
        return site.asked > 1

    await lucia.until(asked_again, "another question to the shop")
    conversation = await Conversation.objects.aget()
    ana = await get_user_model().objects.acreate_user("ana", first_name="Ana")
    await on_database(agent_says, conversation, ana.pk)
    await lucia.hears("Sigo aquí, Lucía")
    await lucia.write("Y yo")
    await lucia.hears("Y yo")
    await expect(lucia.panel.get_by_text("ha caducado")).to_be_hidden()
    assert all(question.verified == LUCIA for question in engine.asked)


async def test_a_token_that_the_page_kept_for_too_long_is_asked_for_again(
    customer: Opener, engine: ScriptedDialogue
) -> None:
    site = customer.site
    site.attributes, site.identity = WHO, token()
    site.identities = [token(age=timedelta(minutes=-5))]
    lucia = await customer()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    assert site.asked == 2 and engine.asked[0].verified == LUCIA


def agent_says(conversation: Conversation, agent: int) -> None:
    with transaction.atomic():
        append(lock(conversation.pk), Message.Author.AGENT, "Sigo aquí, Lucía", agent_id=agent)


async def test_who_signs_out_leaves_nothing_behind(customer: Opener, engine: ScriptedDialogue) -> None:
    site = customer.site
    site.attributes, site.identity = WHO, token()
    lucia = await customer()
    await lucia.write("Soy Lucía")
    await lucia.hears("Dices: Soy Lucía")
    # What she had not been able to send is not sent as somebody else's either.
    await lucia.page.route("**/web/messages", lambda route: route.abort())
    await lucia.write("Esto es solo mío")
    await expect(lucia.log.get_by_text("Se enviará al volver la conexión")).to_be_visible(timeout=20_000)
    await lucia.page.unroute_all()
    site.identity = None
    await lucia.go("/otra")
    await lucia.write("Soy otra persona")
    await lucia.hears("Dices: Soy otra persona")
    assert await lucia.lines() == ["customer: Soy otra persona", "bot: Dices: Soy otra persona"]
    assert [question.verified for question in engine.asked] == [LUCIA, None]
    assert not await Message.objects.filter(text="Esto es solo mío").aexists()


async def test_the_next_customer_of_this_computer_sees_only_their_own(
    customer: Opener, engine: ScriptedDialogue
) -> None:
    site = customer.site
    site.attributes, site.identity = WHO, token()
    lucia = await customer()
    await lucia.write("Soy Lucía")
    await lucia.hears("Dices: Soy Lucía")
    site.identity = token("C-MARC")
    marc = await lucia.go("/otra")
    await marc.write("Soy Marc")
    await marc.hears("Dices: Soy Marc")
    assert await marc.lines() == ["customer: Soy Marc", "bot: Dices: Soy Marc"]
    site.identity = token()
    await lucia.go("/")
    await lucia.hears("Dices: Soy Lucía")
    assert await lucia.lines() == ["customer: Soy Lucía", "bot: Dices: Soy Lucía"]


async def test_a_shops_mistake_is_told_to_its_developer_and_not_to_its_customer(
    customer: Opener, engine: ScriptedDialogue
) -> None:
    site = customer.site
    site.attributes = WHO
    site.identity = sign("this is not the secret that was agreed on", "C-LUCIA", timedelta(minutes=5))
    lucia = await customer()
    told: list[str] = []
    lucia.page.on("console", lambda message: told.append(message.text))
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    assert engine.asked[0].verified is None
    assert any("POSTVENTA_WEB_IDENTITY_SECRET" in each for each in told)
