"""The main job, on each channel: a question, an approved and a refused return, a handoff and back."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from deploy.local.stack import Stack
from tests.road.people import Agent, Customer, SandboxPhone, Widget, until


def test_a_question_is_answered_from_an_article_with_its_source(customer: Customer, ana: Agent) -> None:
    answer = "\n".join(customer.say("¿cuánto tengo para devolver un robot?"))
    assert "30 días" in answer
    citations = ana.read(customer.conversation)["citations"]
    assert citations[0]["slug"] == "devoluciones-plazo"
    assert httpx.get(citations[0]["url"], follow_redirects=True).status_code == 200, "the citation opens the article"


def test_an_english_question_gets_an_english_answer(stack: Stack) -> None:
    emily = Widget(stack.urls["web"], "en")
    assert "vinegar" in emily.say("how do I descale the Brasa?")[0]
    assert emily.cited()[0]["slug"] == "brasa-20-descalcificar"
    assert "/en/" in emily.cited()[0]["url"]


def test_what_no_article_answers_is_admitted_and_kept_as_a_gap(customer: Customer, ana: Agent) -> None:
    answer = customer.say("¿vendéis repuestos para un tractor de los años ochenta?")
    question = "¿cuál es el número de registro sanitario de vuestro proveedor de cajas?"
    answer = customer.say(question)
    assert "No lo sé" in answer[0] and "persona" in answer[0]
    assert any(gap["question"] == question for gap in ana.http.get("/gaps").json()["gaps"])


def test_a_return_within_its_time_is_approved(customer: Customer, ana: Agent) -> None:
    customer.say("quiero devolver la freidora del pedido 10401, hace demasiado ruido")
    customer.say("lucia.romero@correo.example")
    decision = "\n".join(customer.say("lo llevo yo"))
    case = ana.read(customer.conversation)["cases"][0]
    assert (case["decision"], case["reason_code"], case["clause"]) == ("approved", "within_window", "returns.window")
    assert case["number"] in decision and "119,00 €" in decision
    assert ana.http.get(f"/cases/{case['number']}").json()["order"] == "LB-10401"


def test_a_question_in_mid_return_is_answered_though_it_names_something_else(customer: Customer, ana: Agent) -> None:
    customer.say("quiero devolver algo")
    told = "\n".join(customer.say("¿cuánto tengo para devolver un robot?"))
    assert "30 días" in told and customer.state()["asks"] == "order_number"
    again = "\n".join(customer.say("quiero devolver algo"))
    assert "entendido" not in again and customer.state()["asks"] == "order_number"
    customer.say("el 10401, hace demasiado ruido")
    customer.say("lucia.romero@correo.example")
    assert customer.state()["asks"] == "product"
    customer.say("la freidora")
    decision = "\n".join(customer.say("lo llevo yo"))
    case = ana.read(customer.conversation)["cases"][0]
    assert case["decision"] == "approved" and case["number"] in decision


def test_somebody_who_is_to_fetch_the_parcel_is_no_person_asked_for(stack: Stack, ana: Agent) -> None:
    ivan = SandboxPhone(stack.urls["web"], "telegram", "700100012")
    ivan.say("tengo que devolver la freidora, no me apaño")
    ivan.say("ocupa demasiado")
    assert ivan.state()["asks"] == "pickup"
    ivan.say("sí, que pase alguien a recogerla")
    assert ivan.state()["owner"] == "bot"
    assert ana.read(ivan.conversation)["cases"][0]["decision"] == "approved"


def test_the_refurbished_one_may_be_called_by_its_first_name(stranger: Callable[[str], Customer], ana: Agent) -> None:
    tom = stranger("web")
    tom.say("need a warranty repair for my coffee machine")
    tom.say("LB-10419... no wait, that's the vacuum, it's LB-10420")
    tom.say("tom.becker@mail.example")
    assert tom.state()["asks"] == "product"
    tom.say("the Brasa")
    case = ana.read(tom.conversation)["cases"][0]
    assert (case["decision"], case["reason_code"]) == ("refused", "warranty_expired")


def test_a_return_after_its_time_is_refused(customer: Customer, ana: Agent) -> None:
    customer.say("quiero devolver el pedido LB-10403")
    decision = "\n".join(customer.say("marc.vidal@correo.example"))
    case = ana.read(customer.conversation)["cases"][0]
    assert (case["decision"], case["reason_code"], case["clause"]) == ("refused", "window_expired", "returns.window")
    assert case["number"] in decision and "30 días" in decision


def test_an_unsealed_toothbrush_is_refused_for_hygiene(stranger: Callable[[str], Customer], ana: Agent) -> None:
    nerea = stranger("web")
    nerea.say("quiero devolver el cepillo del 10409")
    nerea.say("nerea.e@correo.example")
    case = ana.read(nerea.conversation)["cases"][0]
    assert (case["decision"], case["reason_code"], case["clause"]) == ("refused", "hygiene_unsealed", "returns.hygiene")


def test_a_channel_that_proves_the_customer_asks_for_no_mail(stack: Stack, ana: Agent) -> None:
    marc = SandboxPhone(stack.urls["web"], "telegram", "700100002")
    asked = marc.say("quiero devolver los auriculares")
    assert "varios pedidos" in asked[0] and marc.state()["asks"] == "order_number"
    marc.say("el 10403")
    assert ana.read(marc.conversation)["cases"][0]["reason_code"] == "window_expired"


def test_a_customer_is_handed_to_ana_and_comes_back_to_the_bot(customer: Customer, ana: Agent, bruno: Agent) -> None:
    customer.say("¿cuánto tengo para devolver un robot?")
    told = customer.say("quiero hablar con una persona")
    assert "persona del equipo" in told[-1] and customer.state()["owner"] == "queue"
    waiting = until(
        lambda: [c for c in ana.queue() if c["id"] == customer.conversation], "the conversation in the queue"
    )
    assert waiting[0]["handoff"]["reason"] == "asked_for_person"

    package = ana.read(customer.conversation)
    assert [line["author"] for line in package["messages"]][:2] == ["customer", "bot"]
    lines = {line["seq"] for line in package["messages"]}
    assert package["summary"] and all(set(said["lines"]) <= lines for said in package["summary"])

    assert ana.do(customer.conversation, "take").status_code == 200
    assert bruno.do(customer.conversation, "take").status_code == 409, "of two agents one has it"
    assert ana.do(customer.conversation, "reply", text="Hola, soy Ana. ¿Qué necesitas?").status_code == 200
    until(lambda: "Hola, soy Ana. ¿Qué necesitas?" in customer.heard(), "Ana's words on the customer's screen")
    heard = customer.heard()
    customer.say("una cosa de mi robot")
    assert customer.heard() == heard, "while a person owns the conversation the bot is silent"

    assert ana.do(customer.conversation, "return", note="ya lo sabe").status_code == 200
    until(lambda: customer.state()["owner"] == "bot", "the conversation back with the bot")
    assert "vinagre" in "\n".join(customer.say("¿cómo se descalcifica la Brasa 20?"))
    assert "ya lo sabe" not in str(customer.heard())


def test_a_rating_out_of_ten_is_kept_and_a_low_one_offers_a_person(customer: Customer, ana: Agent) -> None:
    before = ana.http.get("/metrics").json()["ratings"]["count"]
    assert "de 1" in customer.say("quiero valorar la atención")[0]
    assert "5 de 5" in customer.say("os pongo un 9")[0]
    assert "persona" in customer.say("ahora os pongo un 1")[0]
    customer.say("sí, por favor")
    assert ana.read(customer.conversation)["owner"] == "queue"
    assert ana.http.get("/metrics").json()["ratings"]["count"] == before + 2


def test_facts_come_late_early_and_corrected(stranger: Callable[[str], Customer], ana: Agent) -> None:
    lucia = stranger("web")
    lucia.say("lucia.romero@correo.example")
    lucia.say("quiero devolver la freidora, hace demasiado ruido")
    lucia.say("el 10402")
    lucia.say("no, perdón, es el 10401")
    decision = "\n".join(lucia.say("lo llevo yo"))
    case = ana.read(lucia.conversation)["cases"][0]
    assert (case["order"], case["decision"]) == ("LB-10401", "approved")
    assert case["number"] in decision
