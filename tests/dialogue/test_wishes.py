"""What a sentence is by its form, in both languages."""

import pytest

from actions import questions, wishes
from actions.answers import told_of


@pytest.mark.parametrize("text", [
    "cómo me doy de baja del boletín", "¿Quién fabrica vuestras cajas?", "hola, dónde os puedo ver en persona",
    "una pregunta: cuántos empleados tenéis", "what do you think of the weather", "hi, who owns the shop then",
])  # fmt: skip
def test_a_question_is_known_by_how_it_begins(text: str) -> None:
    assert questions.asks(text)


@pytest.mark.parametrize("text", [
    "si lo compré en mayo en la tienda", "hasta el viernes no estoy en casa", "como siempre", "if it is blue I keep it",
    "la cafetera pierde agua por abajo", "until Friday I am not at home", "what?", "",
])  # fmt: skip
def test_an_answer_is_no_question(text: str) -> None:
    assert not questions.asks(text)


@pytest.mark.parametrize(("text", "flow"), [
    ("quiero devolver la freidora", "return"), ("I'm sending them back", "return"),
    ("¿me podéis arreglar la batidora?", "warranty"), ("please cancel my order", "cancel"),
    ("¿Cuántos puntos tengo?", "points"), ("how many points do I have left?", "points"),
    ("¿cuántos puntos tengo que gastar para un descuento?", None), ("¿cuándo caducan los puntos?", None),
    ("quiero anular, ya no lo quiero", "cancel"), ("ya no lo quiero", "return"),
    ("¿cómo devuelvo la freidora?", None), ("how do I swap it for a black one", None),
])  # fmt: skip
def test_a_wish_says_both_that_and_what(text: str, flow: str | None) -> None:
    assert wishes.wish(text) == flow


@pytest.mark.parametrize(("text", "beside"), [
    ("¿cuántos puntos tengo?", 0), ("quiero devolver la freidora", 0), ("¿dónde está mi pedido LB-10419?", 0),
    ("where is my order LB-10419 and how do I connect the robot to wifi?", 1),
    ("quiero devolver la freidora pero antes dime cuánto cuesta la recogida", 1),
    ("cancel LB-10427 and tell me how long the refund takes", 1),
    ("la tostadora está llena de restos, por dónde se vacía", 1),
])  # fmt: skip
def test_a_question_beside_a_wish_is_heard(text: str, beside: int) -> None:
    assert len(wishes.questions_beside(text)) == beside


@pytest.mark.parametrize(("text", "wrong"), [
    ("ya limpié el filtro y sigue igual", True), ("I tried that, still the same", True), ("lo hice y nada", True),
    ("¿y si sigue igual?", False), ("gracias, ya funciona", False), ("it works now, thanks", False),
])  # fmt: skip
def test_who_has_tried_in_vain_says_so(text: str, wrong: bool) -> None:
    assert wishes.still_wrong(text) is wrong


@pytest.mark.parametrize(("text", "question"), [
    ("can I return it opened", True), ("se puede devolver abierto", True), ("¿abierto?", True),
    ("I haven't got a camera", False), ("pues que no me cabe en la cocina", False),
])  # fmt: skip
def test_a_question_may_lack_its_mark(text: str, question: bool) -> None:
    assert questions.is_question(text) is question


@pytest.mark.parametrize(("text", "wished"), [
    ("que me lo cambiéis por otro", True), ("I'd like my money back", True), ("quiero uno nuevo", True),
    ("solo calienta por un lado, el otro queda frío", False), ("one of them is broken", False),
])  # fmt: skip
def test_a_remedy_is_wished_for(text: str, wished: bool) -> None:
    assert wishes.wants(text) is wished


@pytest.mark.parametrize(("text", "answered"), [
    ("gracias pero no me has contestado", False), ("that's not what I asked", False),
    ("eso no es lo que pregunté", False), ("you didn't answer my question", False),
    ("gracias, justo lo que preguntaba", True), ("that answers it", True),
])  # fmt: skip
def test_a_missed_answer_is_told(text: str, answered: bool) -> None:
    assert wishes.not_answered(text) is not answered


@pytest.mark.parametrize(("text", "flow"), [
    ("no, perdona, que los borréis", "erasure"), ("actually just delete it all", "erasure"),
    ("mejor la cambio por otra", "exchange"), ("de otro color", "exchange"), ("store credit then", "exchange"),
    ("hang on, can I exchange them instead?", "exchange"), ("prefiero que me devolváis el dinero", "return"),
    ("I'd rather have my money", "return"), ("es que la quería en rojo", None), ("no me gusta el color", None),
])  # fmt: skip
def test_a_return_may_become_an_exchange_and_back(text: str, flow: str | None) -> None:
    assert wishes.swaps(text) == flow


@pytest.mark.parametrize(("text", "why", "protest"), [
    ("¿y por qué no?", True, False), ("por qué no?? si casi no los he usado", True, False), ("why not?", True, False),
    ("what did you decide and why?", True, False), ("¿y ahora qué hago?", True, False),
    ("how long until I hear back", True, False), ("¿por qué no funciona el enlace?", False, False),
    ("¿por qué?", True, False),
    ("pero si lleva una semana", False, True), ("that's not fair", False, True), ("no estoy de acuerdo", False, True),
    ("pero sí está precintado", False, False), ("¿es justo el plazo?", False, False),
])  # fmt: skip
def test_a_decision_is_doubted_or_protested(text: str, why: bool, protest: bool) -> None:
    assert (wishes.asks_why(text), wishes.protests(text)) == (why, protest)


@pytest.mark.parametrize(("text", "cancels"), [
    ("ok cancel it after all", True), ("anúlalo entonces", True), ("déjalo", False), ("never mind", False),
])  # fmt: skip
def test_the_order_of_the_talk_may_be_cancelled(text: str, cancels: bool) -> None:
    assert wishes.cancels_it(text) is cancels


@pytest.mark.parametrize(("text", "past"), [
    ("my old blender's motor packed in", True), ("se me ha roto la batidora", True), ("the left bud is dead", True),
    ("el secador se para a los cinco minutos y al rato vuelve", False), ("blender does nothing, it flashes", False),
    ("¿qué hago si se me ha roto la jarra?", False),
])  # fmt: skip
def test_what_is_broken_for_good_needs_no_guide(text: str, past: bool) -> None:
    assert wishes.is_past_trying(text) is past


def test_money_is_spoken_of() -> None:
    assert wishes.wants_money("¿y no me podéis dar el dinero?") and not wishes.wants_money("que me la reparéis")


@pytest.mark.parametrize("text", [
    "¿tienen cancelación de ruido activa?", "qué temperatura de color tiene la pantalla", "does it make much noise?",
    "is the hair dryer noisy?", "¿el robot hace mucho ruido?", "does the screen turn off by itself?",
])  # fmt: skip
def test_who_asks_what_a_product_is_like_tells_no_fault(text: str) -> None:
    assert told_of(text) is None


@pytest.mark.parametrize("text", [
    "mi robot hace mucho ruido, ¿qué hago?", "the blender leaks", "why does my dryer make that noise?",
    "La pantalla no enciende. ¿Tiene arreglo?", "que el robot hace ruido",
])  # fmt: skip
def test_who_asks_about_their_own_fault_tells_it(text: str) -> None:
    assert told_of(text) == "warranty"


@pytest.mark.parametrize(("text", "asked"), [
    ("there is no neutral wire in my flat, can I send it back?", True), ("¿lo puedo devolver si no encaja?", True),
    ("can I send you a picture?", False), ("¿cuándo me devolvéis el dinero?", False),
])  # fmt: skip
def test_whether_it_may_go_back_is_asked(text: str, asked: bool) -> None:
    assert wishes.may_go_back(text) is asked
