"""What people write: shown literally, refused clearly, never lost half way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.models import Delivery, Identity
from tests.desk.desk_cast import CITED, Line, begin, said, settled

ATTACK = "<script>alert('x')</script><img src=x onerror=alert(1)> {{ 7|add:7 }}"


async def test_what_a_customer_writes_is_shown_literally_everywhere(ana, at_desk, phone) -> None:
    conversation = await on_database(
        begin,
        f'"><b>{ATTACK}',
        Line("customer", ATTACK),
        Line("bot", "¿Cuál?", asks="product"),
        Line("customer", ATTACK, attachments=({"kind": "image", "name": ATTACK, "url": "javascript:alert(1)"},)),
        handoff="very_upset",
    )
    for address in (f"/desk/c/{conversation.pk}", "/desk", f"/desk/c/{conversation.pk}/news?after=0&changed=1,2"):
        html = (await (await at_desk(ana)).get(address)).content.decode()
        assert "&lt;script&gt;alert(&#x27;x&#x27;)" in html
        assert "<script>alert(" not in html
        assert "<img src=x" not in html
        assert 'href="javascript:' not in html
        assert "{{ 7|add:7 }}" in html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "http:evil", "x"])
async def test_a_citation_links_only_where_a_browser_may_go(ana, at_desk, phone, address) -> None:
    line = Line("bot", "Treinta días", citations=({**CITED, "url": address},))
    conversation = await on_database(begin, "Lucía", line, handoff="press")
    html = (await (await at_desk(ana)).get(f"/desk/c/{conversation.pk}")).content.decode()
    assert CITED["title"] in html
    assert f'href="{address}"' not in html


async def test_fifty_thousand_characters_are_refused_with_the_limit_named(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    last = waiting.last_seq
    for verb, field in (("reply", "text"), ("note", "text"), ("return", "note")):
        answer = await browser.post(f"/desk/c/{waiting.pk}/{verb}", {field: "ñ" * 50_000})
        assert answer.status_code == 422
        assert "50000 caracteres son demasiados: se pueden enviar hasta 8000" in answer.content.decode()
    await waiting.arefresh_from_db()
    assert (waiting.last_seq, waiting.owner) == (last, "queue")


async def test_eight_thousand_characters_go(ana, at_desk, waiting) -> None:
    answer = await (await at_desk(ana)).post(f"/desk/c/{waiting.pk}/reply", {"text": "ñ" * 8_000})
    assert answer.status_code == 204
    assert await said(waiting) == ["ñ" * 8_000]


@pytest.mark.parametrize("text", ["", "   \n ", "\x00", "\x00 \x00"])
async def test_nothing_is_not_sent(ana, at_desk, waiting, text) -> None:
    answer = await (await at_desk(ana)).post(f"/desk/c/{waiting.pk}/reply", {"text": text})
    assert answer.status_code == 422
    assert "Todavía no hay nada escrito" in answer.content.decode()
    assert await said(waiting) == []


async def test_a_nul_is_taken_out(ana, at_desk, waiting) -> None:
    await (await at_desk(ana)).post(f"/desk/c/{waiting.pk}/reply", {"text": "Ho\x00la"})
    assert await said(waiting) == ["Hola"]


async def test_a_customer_who_has_blocked_us_is_not_written_to(ana, at_desk, waiting) -> None:
    await Identity.objects.filter(pk=waiting.identity_id).aupdate(stopped="blocked")
    answer = await (await at_desk(ana)).post(f"/desk/c/{waiting.pk}/reply", {"text": "¿Sigues ahí?"})
    assert answer.status_code == 422
    assert "nos ha bloqueado" in answer.content.decode()
    assert await said(waiting) == []
    note = await (await at_desk(ana)).post(f"/desk/c/{waiting.pk}/note", {"text": "Bloqueado"})
    assert note.status_code == 204


async def test_a_reply_after_the_window_closed_is_refused_in_words_and_a_note_is_kept(ana, at_desk, phone) -> None:
    line = Line("customer", "¿Hay alguien?")
    late = await on_database(begin, "Lucía", line, handoff="press", channel="whatsapp")
    await Identity.objects.aupdate(last_inbound_at=timezone.now() - timedelta(hours=24))
    browser = await at_desk(ana)
    answer = await browser.post(f"/desk/c/{late.pk}/reply", {"text": "Sí, dime"})
    assert answer.status_code == 422
    assert "se abre de nuevo cuando el cliente escriba" in answer.content.decode()
    await late.arefresh_from_db()
    assert late.owner == "queue" and await said(late) == []
    assert (await browser.post(f"/desk/c/{late.pk}/note", {"text": "Llamarla"})).status_code == 204
    page = (await browser.get(f"/desk/c/{late.pk}")).content.decode()
    assert "se abre de nuevo cuando el cliente escriba" in page
    await Identity.objects.aupdate(last_inbound_at=timezone.now())
    assert (await browser.post(f"/desk/c/{late.pk}/reply", {"text": "Sí, dime"})).status_code == 204


async def test_a_failed_delivery_is_sent_again_when_the_agent_says_so(ana, at_desk, waiting, phone) -> None:
    browser = await at_desk(ana)
    await browser.post(f"/desk/c/{waiting.pk}/reply", {"text": "Te llamo luego"})
    await settled()
    delivery = await Delivery.objects.aget(message__text="Te llamo luego")
    await Delivery.objects.filter(pk=delivery.pk).aupdate(state="uncertain", error_kind="uncertain", next_part=0)
    page = (await browser.get(f"/desk/c/{waiting.pk}")).content.decode()
    assert "quizá no enviado: la conexión se cortó durante el envío" in page
    before = len(phone.sent)
    assert (await browser.post(f"/desk/c/{waiting.pk}/again/{delivery.pk}", {"sure": "1"})).status_code == 204
    await settled()
    await delivery.arefresh_from_db()
    assert delivery.state in ("accepted", "sent", "delivered")
    assert [sent.payload["text"] for sent in phone.sent[before:]] == ["Te llamo luego"]


async def test_a_delivery_of_another_conversation_is_not_there(ana, at_desk, waiting) -> None:
    other = await on_database(begin, "Marc", Line("customer", "Hola"), Line("bot", "Hola"))
    delivery = await Delivery.objects.filter(conversation=other).afirst()
    assert (await (await at_desk(ana)).post(f"/desk/c/{waiting.pk}/again/{delivery.pk}")).status_code == 404
