"""What forms and rules do together in this engine. The flows are written against these facts."""

from __future__ import annotations

from tests.dialogue.engine import Rasa

PERSON = "quiero hablar con una persona"
RETURN = "quiero devolver una cafetera"
EXCHANGE = "quiero cambiarlo por otro color"


def test_a_form_asks_validates_and_completes(rasa: Rasa, lucia: str) -> None:
    assert rasa.ask(lucia, RETURN)["says"] == ["¿Qué número de pedido?"]
    assert rasa.ask(lucia, "no lo sé ahora")["says"] == [
        "Eso no parece un número de pedido.",
        "¿Qué número de pedido?",
    ]
    assert rasa.ask(lucia, "creo que LB-10401")["says"] == ["¿Por qué lo devuelves?"]
    done = rasa.ask(lucia, "se ha roto")
    assert done["says"] == ["Devolución de LB-10401."]
    assert done["state"]["active_form"] is None


def test_a_rule_without_a_loop_condition_fires_inside_a_form_whose_slot_stayed_empty(rasa: Rasa, lucia: str) -> None:
    """`from_text` with `not_intent` leaves the slot alone, the form rejects, the rule runs, the form asks again."""
    rasa.ask(lucia, RETURN)
    answer = rasa.ask(lucia, PERSON)
    assert answer["says"] == ["Te paso con una persona.", "¿Qué número de pedido?"]
    assert answer["state"]["active_form"] == "return_form"
    assert rasa.ask(lucia, "LB-10401")["state"]["requested_slot"] == "reason"


def test_the_same_holds_for_a_slot_taken_by_code(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, EXCHANGE)
    assert rasa.ask(lucia, PERSON)["says"] == ["Te paso con una persona.", "¿De qué color?"]
    assert rasa.ask(lucia, "hola")["says"] == ["¡Hola!", "¿De qué color?"]
    assert rasa.ask(lucia, "negro")["says"] == ["Cambio anotado."]


def test_without_not_intent_from_text_swallows_anything(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    assert rasa.ask(lucia, "hola")["says"] == ["Eso no parece un número de pedido.", "¿Qué número de pedido?"]


def test_following_up_with_the_active_form_asks_again_once(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    answer = rasa.ask(lucia, "sigamos con el formulario donde estábamos")
    assert answer["says"] == ["Sigamos.", "¿Qué número de pedido?"]


def test_an_action_ends_the_form_with_active_loop_none(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    answer = rasa.ask(lucia, "déjalo, ya no quiero")
    assert answer["says"] == ["De acuerdo, lo dejamos."]
    assert answer["state"]["active_form"] is None and answer["state"]["requested_slot"] is None


def test_an_action_switches_to_another_form(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    rasa.ask(lucia, "LB-10401")
    answer = rasa.ask(lucia, EXCHANGE)
    assert answer["says"] == ["Vale, un cambio.", "¿De qué color?"]
    assert answer["state"]["active_form"] == "exchange_form"
    assert answer["state"]["slots"]["order_number"] == "LB-10401"


def test_the_rule_that_starts_a_form_starts_it_inside_another_one(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, EXCHANGE)
    answer = rasa.ask(lucia, RETURN)
    assert answer["says"] == ["¿Qué número de pedido?"]
    assert answer["state"]["active_form"] == "return_form"


def test_a_rule_that_only_claims_the_loop_is_over_does_not_end_it(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    answer = rasa.ask(lucia, "sal de este trámite sin más")
    assert answer["state"]["active_form"] == "return_form"


def test_listening_by_follow_up_spoils_the_next_answer(rasa: Rasa, lucia: str) -> None:
    """The form stays rejected, so what follows goes to the fallback: never listen that way inside a form."""
    rasa.ask(lucia, RETURN)
    assert rasa.ask(lucia, "espera un momento sin preguntarme nada")["says"] == ["Espero."]
    assert rasa.ask(lucia, "LB-10401")["says"] == ["No te he entendido.", "¿Qué número de pedido?"]


def test_our_fallback_takes_nothing_back_and_asks_again(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, EXCHANGE)
    answer = rasa.ask(lucia, "sí, exacto")
    assert answer["says"] == ["No te he entendido.", "¿De qué color?"]
    assert answer["state"]["intent"] == "affirm"


def test_a_fresh_start_cuts_slots_and_form_and_keeps_the_language(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, "I want to return my order, please")
    rasa.ask(lucia, "LB-10401")
    answer = rasa.ask(lucia, "hola", fresh=True)
    assert answer["says"] == ["Hello!"]
    assert answer["state"]["active_form"] is None
    assert answer["state"]["slots"] == {"language": "en"}


def test_an_offered_choice_answers_the_form(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    answer = rasa.ask(lucia, payload='/inform_fact{"order_number": "LB-8"}')
    assert answer["state"]["slots"]["order_number"] == "LB-8"
    assert answer["state"]["requested_slot"] == "reason"
