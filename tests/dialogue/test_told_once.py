"""What was told once, in whatever words and place, is not asked again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions import addresses, again, telling, wishes
from actions.answers import spoilt
from bot.shop import understand
from tests.dialogue.test_after import turn


@pytest.mark.parametrize(("text", "address"), [
    ("quiero cambiar la dirección de mi pedido 10410 a Calle Luna 4, 2ºB, 28004 Madrid, soy nerea.e@correo.example",
     "Calle Luna 4, 2ºB, 28004 Madrid"),
    ("change the address of LB-10410 to 12 High Street, Dublin D02 X285, Ireland please",
     "12 High Street, Dublin D02 X285, Ireland"),
    ("Calle Sindicato 12, 3º, 07002 Palma", "Calle Sindicato 12, 3º, 07002 Palma"),
    ("I'm moving to Calle Luna 4, 28004 Madrid", "I'm moving to Calle Luna 4, 28004 Madrid"),
    ("quiero cambiar la dirección", None),
])  # fmt: skip
def test_an_address_is_told_without_the_wish_around_it(text: str, address: str | None) -> None:
    assert addresses.told_with_the_wish(text) == address


@pytest.mark.parametrize("text", ["ese está cerrado, el otro lo abrimos", "one is open, the other one's still sealed"])
def test_one_of_two_is_sealed(text: str) -> None:
    assert understand.sealed_units(text, 2) == 1


def test_a_fault_told_with_a_return_is_the_warranty_s_too() -> None:
    told: dict[str, Any] = {"opening": "one side's battery is dead, I want my money back", "product": ["EB2"]}
    said, _dispatcher, _tracker = turn("repair then", "claim_warranty", concluded={"flow": "return", "facts": told})
    assert again.told_of_fault(said) == {"fault": told["opening"], "product": ["EB2"]}


@pytest.mark.parametrize(("text", "dropped"), [
    ("my husband dropped the robot down the stairs", True), ("se me cayó la batidora al suelo", True),
    ("la cafetera marca E3", False), ("my cousin opened the blender, is the cover void", False),
    ("se me cayó la batidora, ¿lo cubre la garantía?", False),
])  # fmt: skip
def test_what_was_dropped_needs_no_guide(text: str, dropped: bool) -> None:
    assert spoilt(text) is dropped


@pytest.mark.parametrize(("text", "would"), [
    ("si pido hoy a Mallorca cuándo llega", True), ("if I order tonight, when would it come?", True),
    ("dónde está lo que pedí", False), ("when does my order come", False),
])  # fmt: skip
def test_who_has_not_ordered_yet_has_no_order_to_look_up(text: str, would: bool) -> None:
    assert wishes.would_order(text) is would


@pytest.mark.parametrize(("text", "usual"), [
    ("si me llegó el 2 de noviembre, ¿hasta cuándo?", True), ("llegó el 20 de noviembre, ¿hasta cuándo?", False),
    ("llegó el 14 de noviembre, ¿tengo el plazo de Navidad?", False), ("¿hasta cuándo puedo devolver?", False),
])  # fmt: skip
def test_a_day_outside_christmas_has_the_usual_time(text: str, usual: bool) -> None:
    assert telling.came_at_no_christmas(text, date(2026, 11, 23)) is usual


def test_the_wish_that_came_last_counts() -> None:
    assert wishes.rather("pedí un cambio de color y ahora prefiero devolver", "exchange") == "return"
    assert wishes.rather("prefiero devolverlo que cambiarlo", "return") is None


@pytest.mark.parametrize(("text", "meant"), [
    ("lost my receipt, can I still use the guarantee?", "Do I need the box or the receipt for the warranty?"),
    ("one side has stopped working after two years, am I in time?", "How long does the warranty last?"),
    ("do you do invoices", "do you do invoices"), ("what does the guarantee cover", "what does the guarantee cover"),
    ("it came cracked a week ago, is it too late?", "it came cracked a week ago, is it too late?"),
])  # fmt: skip
def test_what_a_question_is_about_is_put_plainly(text: str, meant: str) -> None:
    assert telling.plainly(text, "en") == meant


@pytest.mark.parametrize(("text", "flow"), [
    ("i want to cancel LB-10427, and do you know how long refunds take?", "cancel"),
    ("quiero devolver la batidora, ¿sabéis cuánto tarda el reembolso?", "return"),
    ("how long do refunds take?", None),
])  # fmt: skip
def test_a_wish_is_heard_beside_what_one_wants_to_know(text: str, flow: str | None) -> None:
    assert wishes.wish_of_a_part(text) == flow


@pytest.mark.parametrize(("text", "has_it"), [
    ("quería devolver un regalo, tengo el ticket regalo", True), ("I've got the gift receipt", True),
    ("me lo regalaron y no tengo ticket regalo", False), ("a gift, but without the gift receipt", False),
])  # fmt: skip
def test_a_gift_ticket_is_had_or_not(text: str, has_it: bool) -> None:
    assert understand.has_gift_ticket(text) is has_it
