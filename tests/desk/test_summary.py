"""The summary says nothing that the lines it links to do not say."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.models import Handoff, Message
from bot.desk.summary import Statement, quote, summarise
from tests.desk.desk_cast import CITED


def lines(*said: tuple[str, str] | tuple[str, str, str]) -> list[Message]:
    return [
        Message(seq=number, author=entry[0], text=entry[1], asks=entry[2] if len(entry) > 2 else "")
        for number, entry in enumerate(said, start=1)
    ]


def found(statements: tuple[Statement, ...], kind: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(statement.text, statement.lines) for statement in statements if statement.kind == kind]


def test_lucias_return_in_a_few_lines() -> None:
    told = lines(
        ("customer", "Hola"),
        ("bot", "Hola"),
        ("customer", "Quiero devolver la freidora"),
        ("bot", "¿Número de pedido?", "order_number"),
        ("customer", "creo que es el lb-10401, a ver"),
        ("bot", "Tienes 30 días"),
        ("bot", "¿Cómo la devuelves?", "pickup"),
        ("customer", "¿Y cuánto cuesta?"),
        ("customer", "Pásame con alguien"),
    )
    told[5].citations = [CITED]
    handoff = Handoff(reason="asked_for_person", trigger="Pásame con alguien", priority=3)
    summary = summarise(told, handoff=handoff)
    assert found(summary, "goal") == [
        ("El cliente empezó con «Quiero devolver la freidora»", (3,)),
        ("Pasó a una persona tras «Pásame con alguien»", (9,)),
    ]
    assert found(summary, "fact") == [("número de pedido: «lb-10401»", (4, 5))]
    assert found(summary, "tried") == [("Se le citó «¿Cuánto tengo para devolver?» (revisión 7)", (6,))]
    assert found(summary, "open") == [
        ("El bot lo preguntó y aún no hay respuesta: cómo lo devuelve", (7,)),
        ("Sin respuesta: «¿Y cuánto cuesta?»", (8,)),
    ]
    assert found(summary, "next") == [("Responder a «¿Y cuánto cuesta?»", (8,))]


def test_an_answer_that_the_bot_did_not_take_is_no_fact() -> None:
    told = lines(
        ("bot", "¿Producto?", "product"), ("customer", "no sé"), ("bot", "¿Cuál?", "product"), ("customer", "La Fragua")
    )
    assert found(summarise(told), "fact") == [("producto: «La Fragua»", (3, 4))]


def test_asking_for_a_person_is_no_answer_to_what_the_bot_asked() -> None:
    told = lines(("bot", "¿Motivo?", "reason"), ("customer", "quiero una persona"))
    handoff = Handoff(reason="asked_for_person", trigger="quiero una persona", priority=3)
    assert found(summarise(told, handoff=handoff), "fact") == []


def test_facts_that_nobody_said_are_not_told() -> None:
    told = lines(("customer", "Mi pedido es LB-10401"))
    summary = summarise(told, facts={"order": "LB-10401", "customer_name": "Lucía Romero", "flow": "return"})
    assert found(summary, "fact") == [("pedido: «LB-10401»", (1,))]


def test_danger_comes_first() -> None:
    told = lines(("customer", "Echa humo"))
    summary = summarise(told, handoff=Handoff(reason="safety", trigger="Echa humo", priority=1))
    assert "peligro" in found(summary, "next")[0][0]


def test_notes_are_not_summarised() -> None:
    told = lines(("customer", "Echa humo"), ("agent", "Cliente difícil"))
    told[1].note = True
    assert all("difícil" not in statement.text for statement in summarise(told))


authors = st.sampled_from(["customer", "bot", "agent", "system"])
slots = st.sampled_from(["", "", "order_number", "email", "product", "reason", "confirm"])
words = st.one_of(st.text(max_size=300), st.sampled_from(["LB-10401", "a@b.es", "Hola", "¿Cuándo?", "La Fragua"]))


@given(
    said=st.lists(st.tuples(authors, words, slots), max_size=14),
    facts=st.dictionaries(st.sampled_from(["order", "item", "flow"]), words, max_size=3),
    gaps=st.lists(st.integers(0, 20), max_size=3),
    reason=st.sampled_from(["asked_for_person", "safety", "no_answer", "press"]),
    number=st.integers(0, 13),
)
def test_every_statement_quotes_lines_that_are_there(said, facts, gaps, reason, number) -> None:
    told = lines(*said)
    trigger = told[number].text if number < len(told) else "nunca dicho"
    handoff = Handoff(reason=reason, trigger=trigger[:300], priority=3 if reason != "safety" else 1)
    by_number = {line.seq: line for line in told}
    for statement in summarise(told, facts=facts, handoff=handoff, gaps=gaps):
        assert statement.lines
        assert set(statement.lines) <= set(by_number)
        quoted = re.fullmatch(r"[^«]*«(.*)»[^»]*", statement.text, re.DOTALL)
        if quoted:
            start = quoted.group(1).removesuffix("…")
            spoken = [" ".join(by_number[seq].text.split()) for seq in statement.lines]
            assert any(start in text for text in spoken)


@given(st.text(max_size=600))
def test_a_quote_is_one_short_line(text) -> None:
    assert "\n" not in quote(text)
    assert len(quote(text)) <= 163
