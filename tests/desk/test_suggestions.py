"""Suggested answers: from how colleagues answered similar words, with their source and without others' data."""

from __future__ import annotations

import pytest

from bot.conversations import ownership
from bot.conversations.database import on_database
from bot.conversations.models import Conversation
from bot.desk.tools import past_replies
from bot.desk.tools.models import PastReply
from tests.desk.desk_cast import Line, begin, said

LOST = Line("customer", "He perdido la etiqueta de devolución, ¿me mandáis otra?")
SENT = "Claro, Marc: te enviamos otra etiqueta a marc@correo.example y el mensajero pasa mañana."


def answered(ana: int) -> Conversation:
    """Ana has answered Marc, and somebody else about something else."""
    marc = begin(
        "Marc Vila", Line("customer", "He perdido la etiqueta de devolución, ¿me mandáis otra?"), handoff="press"
    )
    ownership.reply(marc.pk, ana, SENT, agent_name="Ana Ruiz")
    other = begin("Sara", Line("customer", "¿Cuándo abrís la tienda de Madrid los sábados?"), handoff="press")
    ownership.reply(
        other.pk, ana, "Los sábados abrimos de diez de la mañana a nueve de la noche.", agent_name="Ana Ruiz"
    )
    ownership.reply(other.pk, ana, "De nada", agent_name="Ana Ruiz")
    return marc


@pytest.fixture(autouse=True)
def no_index(settings) -> None:
    """Articles are searched in tests/knowledge; here nobody answers at the index's address."""
    settings.CHROMA_URL = "http://127.0.0.1:9"


async def test_what_ana_answered_to_marc_is_suggested_for_lucia(ana, bruno, at_desk, phone) -> None:
    marc = await on_database(answered, ana.pk)
    assert await on_database(past_replies.learn) == 3
    assert await on_database(past_replies.learn) == 0
    lucia = await on_database(
        begin, "Lucía Romero", Line("customer", "No encuentro la etiqueta para devolverlo, ¿me envías una nueva?"),
        handoff="press",
    )  # fmt: skip
    browser = await at_desk(bruno)
    html = (await browser.get(f"/desk/c/{lucia.pk}/suggested")).content.decode()
    assert "te enviamos otra etiqueta a […] y el mensajero pasa mañana" in html
    assert "Marc" not in html and "marc@correo.example" not in html
    assert f"/desk/c/{marc.pk}#l-" in html and "Ana Ruiz" in html
    assert "Los sábados abrimos" not in html and "De nada" not in html
    # It is only offered; and with what was masked still in it, it does not go out.
    assert await said(lucia) == []
    answer = await browser.post(f"/desk/c/{lucia.pk}/reply", {"text": "Te enviamos otra a […]"})
    assert answer.status_code == 422 and "Rellena lo que falta" in answer.content.decode()


async def test_ones_own_conversation_and_other_languages_are_no_source(ana, at_desk, phone) -> None:
    marc = await on_database(answered, ana.pk)
    await on_database(past_replies.learn)
    browser = await at_desk(ana)
    assert "otra etiqueta" not in (await browser.get(f"/desk/c/{marc.pk}/suggested")).content.decode()
    words = Line("customer", "I lost the return label, can you send another?")
    amy = await on_database(begin, "Amy", words, handoff="press", language="en")
    assert "otra etiqueta" not in (await browser.get(f"/desk/c/{amy.pk}/suggested")).content.decode()


async def test_notes_are_never_learnt_and_short_words_never_suggested(ana, phone) -> None:
    def talk() -> None:
        marc = begin("Marc", Line("customer", "¿Y mi pedido?"), handoff="press")
        ownership.reply(marc.pk, ana.pk, "Ojo: este cliente es muy pesado", agent_name="Ana", note=True)
        ownership.reply(marc.pk, ana.pk, "Voy", agent_name="Ana")

    await on_database(talk)
    await on_database(past_replies.learn)
    row = await PastReply.objects.aget()
    assert (row.answer, bytes(row.vector)) == ("", b"")
