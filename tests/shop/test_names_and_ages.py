"""Which order, whose, which product and where to: names and numbers as customers really write them."""

from datetime import date

import pytest

from bot.shop.understand import (
    OrderChoice,
    address_lacks,
    asks_person,
    order_numbers,
    other_brand,
    others_order,
    products,
    products_meant,
    very_upset,
    which_order,
)

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("text", "numbers"), [
    ("one 0 four 0 six", ["LB-10406"]), ("1 cero 4 cero 6", ["LB-10406"]), ("10406", ["LB-10406"]),
    ("it's one oh 4 oh six", ["LB-10406"]),
    ("no lo sé", []), ("600 111 001", []),
])  # fmt: skip
def test_any_run_of_the_right_length_when_the_number_was_asked_for(text, numbers):
    assert order_numbers(text, asked=True) == numbers


def test_an_unasked_number_must_look_like_one():
    assert order_numbers("one 0 four 0 six") == []


@pytest.mark.parametrize(("text", "choice"), [
    ("la última", OrderChoice(age="newest")), ("la más reciente", OrderChoice(age="newest")),
    ("la de hoy", OrderChoice(age="newest")), ("today's", OrderChoice(age="newest")),
    ("the newer one", OrderChoice(age="newest")), ("my latest order", OrderChoice(age="newest")),
    ("los últimos que compré", OrderChoice(age="newest")), ("la mas nueva", OrderChoice(age="newest")),
    ("the one from today", OrderChoice(age="newest")), ("the last one", OrderChoice(age="newest")),
    ("la primera", OrderChoice(age="oldest")), ("la más antigua", OrderChoice(age="oldest")),
    ("la vieja", OrderChoice(age="oldest")), ("the older one", OrderChoice(age="oldest")),
    ("the older ones", OrderChoice(age="oldest")), ("los mas antiguos", OrderChoice(age="oldest")),
    ("el segundo", OrderChoice(position=2)), ("el segundo de la lista", OrderChoice(position=2)),
    ("the second one", OrderChoice(position=2)),
    ("el primero de la lista", OrderChoice(position=1)),
    ("los de hace dos años", OrderChoice(days_ago=730, within=182)),
    ("hace mas de dos años", OrderChoice(days_ago=730, within=182)),
    ("two years ago", OrderChoice(days_ago=730, within=182)),
    ("la de la semana pasada", OrderChoice(days_ago=7, within=3)), ("last week", OrderChoice(days_ago=7, within=3)),
    ("a week ago", OrderChoice(days_ago=7, within=3)), ("hace una semana", OrderChoice(days_ago=7, within=3)),
    ("los que compré en octubre", OrderChoice(days_ago=39, within=15)),
    ("the one from october", OrderChoice(days_ago=39, within=15)),
    ("la que compre en primavera", OrderChoice(days_ago=222, within=45)),
    ("la que compré hace meses", OrderChoice(age="oldest")), ("bought it months ago", OrderChoice(age="oldest")),
    ("falla desde hace dos semanas", None), ("hola", None), ("no va", None),
])  # fmt: skip
def test_which_of_several_orders(text, choice):
    assert which_order(text, TODAY) == choice


def test_the_last_of_the_list():
    assert which_order("el último de la lista", TODAY) == OrderChoice(position=-1)


@pytest.mark.parametrize(("text", "others"), [
    ("my husband ordered it, it's LB-10419", True), ("soy el repartidor", True),
    ("I'm the delivery driver, what's the address", True), ("mi marido lo pidió", True), ("mi madre la compró", True),
    ("lo compró mi mujer", True),
    ("my order", False), ("mi pedido", False), ("quiero el pedido para mi marido", False),
])  # fmt: skip
def test_orders_of_other_people(text, others):
    assert others_order(text) is others


@pytest.mark.parametrize(("text", "wishes"), [
    ("una persona", True), ("sí, una persona", True), ("yes, a person", True),
    ("somos una persona más en casa", False),
])  # fmt: skip
def test_a_person_in_a_word_or_two(text, wishes):
    assert asks_person(text) is wishes


@pytest.mark.parametrize(("text", "upset"), [
    ("estoy quemado con vosotros", True), ("this is ridiculous", True),
    ("shop", False), ("that's a bit harsh", False), ("shame", False),
])  # fmt: skip
def test_very_upset_by_figures_of_speech(text, upset):
    assert very_upset(text) is upset


@pytest.mark.parametrize(("text", "skus"), [
    ("juicer", ["VX12"]), ("juice maker", ["VX12"]), ("exprimidor", ["VX12"]),
    ("ear buds", ["EB2"]), ("head phones", ["EB2"]), ("ear phones", ["EB2"]), ("auris", ["EB2"]),
    ("air frier", ["FR5"]), ("el aparato de freír sin aceite", ["FR5"]),
    ("expresso machine", ["BR20", "BR20-R"]), ("coffee pot", ["BR20", "BR20-R"]),
    ("coffee thing", ["BR20", "BR20-R"]),
    ("secapelo", ["AL1"]), ("hair drier", ["AL1"]), ("blow drier", ["AL1"]),
    ("brush head", ["MRH"]),
    ("tooth brush", ["MR1"]),
    ("coffee", ["CAF"]),
])  # fmt: skip
def test_products_in_two_words_or_by_what_they_do(text, skus):
    assert products(text) == skus


@pytest.mark.parametrize(("text", "lacks"), [
    ("12 High Street", "place"), ("Calle Mayor 12", "place"),
    ("Calle Mayor 12, 28013 Madrid", None), ("Calle Triana 40, 35002 Las Palmas", None),
    ("Calle Mayor 3, Madrid", None),
])  # fmt: skip
def test_what_an_address_lacks(text, lacks):
    assert address_lacks(text) == lacks


@pytest.mark.parametrize(("text", "meant"), [
    ("solo la freidora, los cabezales no", ["FR5"]), ("la freidora pero no los cabezales", ["FR5"]),
    ("the fryer, not the heads", ["FR5"]), ("quiero devolver la freidora y el café no", ["FR5"]),
    ("la freidora y los cabezales", ["FR5", "MRH"]), ("la freidora no enciende", ["FR5"]), ("la freidora no", ["FR5"]),
])  # fmt: skip
def test_what_is_excluded_is_not_meant(text, meant):
    assert products_meant(text) == meant


@pytest.mark.parametrize(("text", "brand"), [
    ("my dyson hair dryer is broken", "Dyson"), ("se me ha roto el secador Philips", "Philips"),
    ("no conecta con mi móvil xiaomi", None), ("es como las cápsulas nespresso", None), ("my hair dryer", None),
])  # fmt: skip
def test_another_make_is_known(text, brand):
    assert other_brand(text) == brand
