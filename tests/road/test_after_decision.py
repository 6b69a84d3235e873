"""What customers say after a decision that is still about it, and what they change their minds about before it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deploy.local.stack import Stack
from tests.road.people import Customer, SandboxPhone

Strangers = Callable[[str], Customer]


def said(customer: Customer, *texts: str) -> str:
    """What came back for the last of them."""
    return ["\n".join(customer.say(text)) for text in texts][-1]


def test_a_corrected_fact_is_decided_anew(stranger: Strangers) -> None:
    lucia = stranger("web")
    both = said(
        lucia,
        "quiero devolver las dos bolsas de café, LB-10401 lucia.romero@correo.example",
        "están sin abrir",
        "ya no lo quiero",
        "lo llevo yo",
    )
    assert "37,00" in both
    assert "18,50" in said(lucia, "perdona, en realidad solo devuelvo una bolsa")


def test_who_asks_why_is_told_the_decision_again(stranger: Strangers) -> None:
    tom = stranger("web")
    refused = said(tom, "my refurbished coffee machine does not heat, LB-10420 tom.becker@mail.example")
    assert "Case number" in refused
    assert refused.splitlines()[0] in said(tom, "what did you decide and why?")
    assert "person" in said(tom, "that's not fair")


def test_a_return_that_becomes_an_exchange_keeps_what_was_told(stranger: Strangers) -> None:
    rosa = stranger("web")
    said(
        rosa, "quiero devolver la batidora, LB-10423 rosa.gil@correo.example", "mejor la cambio por otra de otro color"
    )
    assert rosa.state()["asks"] == "pickup"
    assert "cambiar Vórtice 1200" in said(rosa, "la llevo a la tienda")


def test_what_is_excluded_is_not_sent_back(stranger: Strangers) -> None:
    ivan = stranger("web")
    said(ivan, "quiero devolver cosas del LB-10426, ivan.morales@correo.example", "solo la freidora, los cabezales no")
    assert ivan.state()["asks"] == "reason"


def test_a_thing_named_again_in_passing_narrows_nothing(stranger: Strangers) -> None:
    lucia = stranger("web")
    said(lucia, "quiero devolver el pedido entero, LB-10401 lucia.romero@correo.example")
    told = said(lucia, "uno de los cafés lo abrí, el otro está cerrado", "no me gustan", "los llevo yo")
    assert "Fragua 5L, Café Lumbre 1 kg" in told and "No puede volver: Café Lumbre 1 kg" in told


def test_a_detail_added_to_a_fault_takes_nothing_back(stranger: Strangers) -> None:
    bar = stranger("web")
    said(bar, "mi cafetera no va, LB-10414 compras@barelpuerto.example", "la bomba hace ruido y no saca agua")
    said(bar, "sí, siempre la descalcificamos")
    assert bar.state()["asks"] == "resolution"


def test_a_claim_that_was_offered_is_no_threat(stranger: Strangers) -> None:
    carmen = stranger("web")
    said(carmen, "¿dónde está mi pedido LB-10417? carmen.diaz@correo.example")
    assert "48 horas" in said(carmen, "pues abrid la reclamación")


def test_what_was_asked_about_is_what_is_sent_back(stack: Stack) -> None:
    joana = SandboxPhone(stack.urls["web"], "whatsapp", "+351910000006")
    said(joana, "where is LB-10430?", "there is no neutral wire in my flat for the thermostat, can I send it back?")
    assert "Templa T1" in said(joana, "yes please start it", "not compatible", "I'll take it to a shop")


def test_an_address_may_come_in_pieces(stack: Stack) -> None:
    phone = SandboxPhone(stack.urls["web"], "telegram", "700100012")
    said(phone, "quiero cambiar la dirección del pedido LB-10427", "Carrer de Sants 14")
    assert phone.state()["asks"] == "address"
    assert "Carrer de Sants 14, 07001 Palma" in said(phone, "07001 Palma")


def test_what_came_broken_has_come(stranger: Strangers) -> None:
    emily = stranger("web")
    said(emily, "my toothbrush came broken, LB-10405 emily.carter@mail.example")
    assert emily.state()["owner"] == "queue"


@pytest.mark.parametrize("text", ["perdona, prefiero en español", "¿mejor en castellano?"])
def test_a_language_that_is_preferred_is_spoken(stranger: Strangers, text: str) -> None:
    one = stranger("web")
    one.say("hi, I want to return my air fryer")
    assert "español" in said(one, text)
