"""Take it with you, on the running shop: a return that begins on one channel ends on another as the same case."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from deploy.local.stack import Stack
from tests.road.people import PATIENCE, Agent, Customer, SandboxPhone, Widget, until

CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")
Stranger = Callable[[str], Customer]


def code_for(customer: Customer, channel: str) -> str:
    """The customer asks to go on elsewhere and reads the code."""
    words = {"web": "seguir en la web", "whatsapp": "¿puedo seguir por WhatsApp?", "telegram": "continue on Telegram"}
    before = len(customer.heard())
    customer.send(words[channel])
    return until(lambda: CODE.search("\n".join(customer.heard()[before:])), "a code")[0]


def goes_on(at: Customer, code: str) -> list[str]:
    """The customer writes the code there; gives what they hear of it."""
    before = len(at.heard())
    at.send(f"Seguir aquí: {code}")
    until(lambda: any("Seguimos aquí donde lo dejamos" in text for text in at.heard()[before:]), "the arrival")
    until(lambda: not at.state()["pending"], "the end of what is said at the arrival")
    return at.heard()[before:]


def half_a_return(customer: Customer) -> str:
    """Lucía begins to return her fryer and is asked how it comes back; gives the conversation."""
    customer.say("quiero devolver la freidora del pedido 10401, hace demasiado ruido")
    customer.say("lucia.romero@correo.example")
    assert customer.state()["asks"] == "pickup"
    return customer.conversation


def test_a_return_goes_from_the_web_to_whatsapp_and_back_and_is_one_case(stranger: Stranger, ana: Agent) -> None:
    web, phone = stranger("web"), stranger("whatsapp")
    conversation = half_a_return(web)

    arrived = goes_on(phone, code_for(web, "whatsapp"))
    assert len(arrived) == 2, "where we were, and the question that was open"
    assert phone.conversation == conversation and phone.state()["asks"] == "pickup"
    assert "sigue en WhatsApp" in web.heard()[-1]

    goes_on(web, code_for(phone, "web"))
    assert web.state()["asks"] == "pickup" and "moved_to" not in web.state()
    decision = "\n".join(web.say("lo llevo yo"))

    seen = ana.read(conversation)
    assert len(seen["cases"]) == 1 and len({line["seq"] for line in seen["messages"]}) == len(seen["messages"])
    case = seen["cases"][0]
    assert (case["decision"], case["reason_code"]) == ("approved", "within_window")
    assert case["number"] in decision and "119,00 €" in decision
    channels = [line["channel"] for line in seen["messages"] if line["author"] == "customer"]
    assert channels == ["web", "web", "web", "whatsapp", "whatsapp", "web", "web"]


def test_what_a_phone_vouches_for_is_proven_for_the_matter_in_hand_and_no_more(stack: Stack, ana: Agent) -> None:
    """Lucía's number is known, so on WhatsApp she is asked for no mail; on the web the return goes on without one."""
    phone, web = SandboxPhone(stack.urls["web"], "whatsapp", "+34600111001"), Widget(stack.urls["web"])
    phone.say("quiero devolver la freidora del pedido 10401, hace demasiado ruido")
    assert phone.state()["asks"] == "pickup"
    conversation = phone.conversation
    goes_on(web, code_for(phone, "web"))
    assert web.state()["asks"] == "pickup"
    assert "119,00 €" in "\n".join(web.say("lo llevo yo"))
    assert ana.read(conversation)["cases"][0]["order"] == "LB-10401"
    web.say("¿dónde está mi pedido 10402?")
    assert web.state()["asks"] == "email", "her other orders are not open to a page that nobody vouches for"


def test_of_two_phones_with_the_same_code_at_once_one_has_the_conversation(stranger: Stranger, ana: Agent) -> None:
    web, mine, other = stranger("web"), stranger("whatsapp"), stranger("whatsapp")
    code = code_for(web, "whatsapp")
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda phone: phone.send(code), (mine, other)))
    until(lambda: mine.heard() and other.heard(), "an answer on both phones")
    won = [phone for phone in (mine, other) if phone.conversation == web.conversation]
    assert len(won) == 1
    refused = other if won[0] is mine else mine
    assert "no sirve" in refused.heard()[-1]


def test_an_agent_sends_the_code_and_answers_on_the_other_channel(stranger: Stranger, ana: Agent) -> None:
    web, phone = stranger("web"), stranger("telegram")
    web.say("quiero hablar con una persona")
    assert ana.do(web.conversation, "take").status_code == 200
    asked = ana.do(web.conversation, "continue", channel="telegram")
    assert asked.status_code == 200, asked.text
    code = until(lambda: CODE.search(web.heard()[-1]), "the code from Ana")[0]
    assert "Ana" in web.heard()[-1]
    earlier = len(phone.heard())
    phone.send(f"/start {code.replace('-', '')}")
    until(lambda: phone.heard()[earlier:], "the arrival")
    assert "sigue contigo" in phone.heard()[earlier]
    before = len(web.heard())
    assert ana.do(web.conversation, "reply", text="Ya estoy aquí, dime.").status_code == 200
    until(lambda: "Ya estoy aquí, dime." in phone.heard(), "Ana's words on Telegram")
    assert len(web.heard()) == before
    assert ana.do(web.conversation, "continue", channel="telegram").status_code == 422, "it is there already"


def test_a_page_that_listens_hears_where_it_went_and_what_begins_there(stack: Stack, stranger: Stranger) -> None:
    web, phone = Widget(stack.urls["web"]), stranger("whatsapp")
    with web.http.stream("GET", "/web/events", timeout=PATIENCE) as stream:
        lines = stream.iter_lines()
        goes_on(phone, code_for(web, "whatsapp"))
        heard = "\n".join(iter(lambda: next(lines), 'data: {"to": "whatsapp"}'))
        assert "sigue en WhatsApp" in heard and heard.endswith("event: moved")
        web.send("hola")
        fresh = "\n".join(iter(lambda: next(lines), 'data: {"author": "bot", "on": false}'))
    assert "Esta es una conversación nueva" in fresh and '"author": "bot"' in fresh
    assert web.state()["owner"] == "bot"
