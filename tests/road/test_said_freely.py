"""What customers say in their own words and in their own order: facts before the matter, two things at once, words that
only take in what was said, and what is written while waiting for a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deploy.local.stack import Stack
from tests.road.people import Agent, Customer, SandboxPhone

Strangers = Callable[[str], Customer]


def said(customer: Customer, text: str) -> str:
    return "\n".join(customer.say(text))


def test_what_proves_an_order_may_come_before_the_matter(stranger: Strangers) -> None:
    emily = stranger("web")
    emily.say("LB-10404 and my mail is emily.carter@mail.example")
    assert "match" not in said(emily, "I want to return it")
    assert emily.state()["asks"] == "reason"


def test_a_matter_that_comes_with_its_order_is_not_lost(stranger: Strangers) -> None:
    carmen = stranger("web")
    said(
        carmen,
        "el secador se apaga a los cinco minutos y quiero que me lo arregléis, LB-10415 carmen.diaz@correo.example",
    )
    assert carmen.state()["asks"] in ("fault", "resolution")


def test_a_question_beside_a_wish_is_answered_and_the_wish_goes_on(stranger: Strangers) -> None:
    one = stranger("web")
    answer = said(one, "quiero devolver la freidora pero antes dime cuánto cuesta la recogida")
    assert "4,95" in answer and one.state()["asks"] == "order_number"


def test_a_price_is_the_catalogues(stranger: Strangers) -> None:
    one = stranger("web")
    assert "249,00 €" in said(one, "¿cuánto cuesta la Brasa?")
    assert "39,90 €" in said(one, "¿y la tostadora?")


def test_a_price_is_told_in_the_middle_of_a_request(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("¿dónde está mi pedido?")
    assert "119,00 €" in said(one, "¿cuánto cuesta la freidora?") and one.state()["asks"] == "order_number"


def test_each_question_of_a_message_is_answered_or_said_to_be_open(stranger: Strangers) -> None:
    one = stranger("web")
    both = said(one, "¿abrís los sábados? ¿y puedo pagar con Bizum?")
    assert "Alcalá" in both and "Bizum" in both
    part = said(one, "¿Tenéis parking en Madrid? ¿Y a qué hora abrís?")
    assert "Alcalá" in part and "Lo otro que preguntas no lo sé" in part


def test_what_has_nothing_to_do_with_the_shop_gets_none_of_its_articles(stranger: Strangers) -> None:
    one = stranger("web")
    assert "Alcalá" not in said(one, "¿cuál es la capital de Mongolia?")
    assert "Alcalá" in said(one, "¿dónde tenéis tienda?")


def test_who_tells_a_fault_that_a_guide_knows_is_told_of_it_while_the_claim_goes_on(stranger: Strangers) -> None:
    one = stranger("web")
    assert "filtro" in said(one, "el secador se para a los cinco minutos y al rato vuelve")
    assert one.state()["asks"] == "order_number"
    another = stranger("web")
    assert "filtro" not in said(another, "el secador se para a los cinco minutos, quiero que me lo reparéis")
    third = stranger("web")
    assert "Suelta el botón" in said(third, "solo me echa aire frio el secador")
    assert third.state()["asks"] == "order_number"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("no me ha llegado el pedido", "LB-10421", "yeray.santana@correo.example"), "sigue en camino"),
        (("hola, el pedido no llega", "LB-10421", "yeray.santana@correo.example"), "sigue en camino"),
        (("my order hasn't arrived", "LB-10405", "emily.carter@mail.example"), "still on its way"),
    ],
)
def test_what_has_not_come_is_looked_for(stranger: Strangers, lines: tuple[str, ...], found: str) -> None:
    one = stranger("web")
    assert found in [said(one, line) for line in lines][-1]


def test_the_order_that_has_not_come_is_the_one_on_its_way(stack: Stack) -> None:
    yeray = SandboxPhone(stack.urls["web"], "whatsapp", "+34600111010")
    assert "LB-10421 sigue en camino" in said(yeray, "no me ha llegado el pedido")


def test_who_cannot_prove_an_order_hears_of_a_person_and_not_the_same_again(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("quiero usar la garantía de la tostadora, pedido LB-10406")
    refused = said(one, "nadie@malo.example")
    assert "no coinciden" in refused
    again = said(one, "se me cayó al suelo y ya no calienta")
    assert "sigo sin encontrar" in again and "persona" in again and "no coinciden" not in again


def test_another_product_means_the_order_that_has_it(stack: Stack) -> None:
    ivan = SandboxPhone(stack.urls["web"], "telegram", "700100012")
    ivan.say("¿dónde está el pedido LB-10426?")
    assert "LB-10427" in said(ivan, "ya no quiero el café que pedí hoy, cancélalo")
    assert ivan.state()["asks"] == "confirm"


def test_of_course_not_cancels_nothing(stack: Stack, ana: Agent) -> None:
    ivan = SandboxPhone(stack.urls["web"], "telegram", "700100012")
    ivan.say("quiero cancelar el pedido LB-10427")
    ivan.say("por supuesto que no")
    assert ivan.state()["asks"] != "confirm"
    assert not [case for case in ana.read(ivan.conversation)["cases"] if case["kind"] == "cancel"]


def test_points_are_the_customers_and_ask_for_no_order(stack: Stack) -> None:
    phone = SandboxPhone(stack.urls["web"], "telegram", "700100008")
    assert "puntos Club Lumbre" in said(phone, "¿cuántos puntos tengo?")


def test_taking_an_answer_in_starts_nothing(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("¿cómo puedo pedir una factura?")
    one.say("vale")
    assert one.state()["asks"] is None


def test_no_thanks_ends_what_was_asked(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("¿dónde está mi pedido?")
    one.say("no, gracias")
    assert one.state()["asks"] is None


def test_a_parcel_that_stands_still_may_be_claimed_with_a_yes(stranger: Strangers, ana: Agent) -> None:
    carmen = stranger("web")
    carmen.say("¿por dónde va la freidora? LB-10417")
    assert "reclamación" in said(carmen, "carmen.diaz@correo.example")
    carmen.say("sí, ábrela")
    assert ana.read(carmen.conversation)["cases"][0]["decision"] == "approved"


def test_a_claim_for_what_was_delivered_is_opened_for_who_never_got_it(stranger: Strangers, ana: Agent) -> None:
    nerea = stranger("web")
    nerea.say("quiero reclamar el envío LB-10408")
    nerea.say("nerea.e@correo.example")
    assert not ana.read(nerea.conversation)["cases"]
    nerea.say("no, no me llegó nunca")
    assert ana.read(nerea.conversation)["cases"][0]["kind"] == "lost_parcel"


def test_who_waits_is_answered_and_may_leave_in_words(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("quiero hablar con una persona")
    assert "reembols" in said(one, "¿cuánto tarda un reembolso?") and one.state()["owner"] == "queue"
    one.say("ya no hace falta, gracias")
    assert one.state()["owner"] == "bot"


def test_a_wish_while_waiting_begins_nothing(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("quiero hablar con una persona")
    assert one.say("quiero devolver la freidora") == [] and one.state()["owner"] == "queue"


def test_who_says_that_they_wait_keeps_their_place(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("quiero hablar con una persona")
    one.say("vale, pues espero")
    assert one.state()["owner"] == "queue"


def test_danger_told_while_waiting_is_warned_of_and_comes_first(stranger: Strangers, ana: Agent) -> None:
    one = stranger("web")
    one.say("quiero hablar con una persona")
    assert "112" in said(one, "oye, que ahora la freidora está echando humo")
    assert ana.read(one.conversation)["handoffs"][0]["priority"] == 1


def test_who_was_not_answered_is_offered_a_person(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("¿cuánto tarda un reembolso?")
    assert "otras palabras" in said(one, "gracias pero no me has contestado")
    one.say("sí")
    assert one.state()["owner"] == "queue"


def test_the_other_matter_of_a_message_comes_after_the_first(stranger: Strangers) -> None:
    nerea = stranger("web")
    nerea.say("cancel the blender and send me the invoice of the other one")
    nerea.say("LB-10410")
    assert "invoice" in said(nerea, "nerea.e@correo.example")
    nerea.say("yes")
    assert nerea.state()["asks"] == "order_number"
    assert "LB-10409" in said(nerea, "LB-10409")


def test_who_carries_on_with_the_bot_leaves_the_queue(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("quiero hablar con una persona")
    one.say("da igual, sigo contigo")
    assert one.state()["owner"] == "bot"


def test_why_a_warranty_gives_no_money_is_told(stranger: Strangers) -> None:
    lucia = stranger("web")
    lucia.say("la freidora no enciende, LB-10401 lucia.romero@correo.example")
    lucia.say("desde ayer, sin golpes ni nada")
    assert "30 días" in said(lucia, "¿y por qué no puedo elegir el dinero?")
    assert lucia.state()["asks"] == "resolution"
    lucia.say("repararla")
    assert "30 días" in said(lucia, "¿y no me podéis devolver el dinero?")


def test_a_question_about_another_product_is_answered_in_the_middle(stranger: Strangers) -> None:
    lucia = stranger("web")
    lucia.say("la freidora hace un ruido raro, LB-10401 lucia.romero@correo.example")
    assert "3 años" in said(lucia, "¿y la de la cafetera cuánto dura?")
    assert lucia.state()["asks"] == "fault"


def test_a_fault_told_without_a_product_begins_a_claim(stranger: Strangers) -> None:
    tom = stranger("web")
    tom.say("it's been dripping from the bottom")
    assert tom.state()["asks"] == "order_number"


def test_what_does_not_come_is_looked_for(stack: Stack) -> None:
    yeray = SandboxPhone(stack.urls["web"], "whatsapp", "+34600111010")
    answer = said(yeray, "he pedido café hace 6 días y na de na")
    assert "LB-10421 está en camino" in answer or "LB-10421 sigue en camino" in answer


def test_an_order_after_an_answer_begins_what_that_was_about(stranger: Strangers) -> None:
    carmen = stranger("web")
    carmen.say("¿se pueden devolver unos cascos con el nombre de mi novia grabado?")
    carmen.say("LB-10416")
    assert "Número de caso" in said(carmen, "carmen.diaz@correo.example")


def test_a_product_named_while_the_number_is_waited_for_asks_nothing(stranger: Strangers) -> None:
    one = stranger("web")
    one.say("quiero devolver algo")
    assert "30 días" not in said(one, "el secador") and one.state()["asks"] == "order_number"


def test_what_was_a_mistake_to_buy_goes_back(stranger: Strangers) -> None:
    ivan = stranger("web")
    ivan.say("comprarla fue un error, es feísima. la fragua digo. 10426, ivan.morales@correo.example")
    assert ivan.state()["asks"] in ("reason", "pickup")


def test_the_same_is_asked_of_another_product(stack: Stack) -> None:
    carmen = SandboxPhone(stack.urls["web"], "telegram", "700100008")
    carmen.say("quiero devolver el secador")
    assert "Eco B2" in said(carmen, "¿y los auriculares?")


@pytest.mark.parametrize(("text", "told"), [
    ("puse mal el número del portal, lo podéis corregir?", "almacén"),
    ("¿me podéis mandar la factura?", "NIF"),
    ("cuántos puntos me dan por cada euro", "12 meses"),
    ("si no podéis repararlo en un mes qué pasa", "15 días"),
])  # fmt: skip
def test_who_asks_whether_they_may_is_told_the_rule_and_it_begins(stranger: Strangers, text: str, told: str) -> None:
    one = stranger("web")
    assert told in said(one, text) and one.state()["asks"] == "order_number"


def test_a_cancellation_told_with_its_reason_stays_one(stranger: Strangers) -> None:
    ivan = stranger("web")
    ivan.say("quiero anular, ya no lo quiero")
    said(ivan, "LB-10427 ivan.morales@correo.example")
    assert ivan.state()["asks"] == "confirm"


def test_the_seal_told_with_the_question_is_not_asked_again(stranger: Strangers) -> None:
    ivan = stranger("web")
    ivan.say("quería saber si puedo devolver unos cabezales sin abrir")
    said(ivan, "LB-10426 ivan.morales@correo.example")
    assert ivan.state()["asks"] == "reason"


def test_who_asks_what_a_product_is_like_begins_no_claim(stranger: Strangers) -> None:
    one = stranger("web")
    assert "No lo sé" in said(one, "¿tienen cancelación de ruido activa?")
    assert one.state()["asks"] is None


def test_who_asks_for_their_points_is_told_no_rule(stranger: Strangers) -> None:
    assert "12 meses" not in said(stranger("web"), "¿cuántos puntos tengo?")
