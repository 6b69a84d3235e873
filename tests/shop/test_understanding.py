"""What customers write and say, in Spanish and English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop import understand
from bot.shop.decisions import Fault
from bot.shop.understand import (
    asks_person,
    confirmation,
    danger,
    descaled,
    emails,
    fault,
    fraud_or_payment,
    legal_threat,
    looks_like_address,
    lots,
    order_numbers,
    others_order,
    phones,
    photo,
    pickup,
    press,
    products,
    quantity,
    rating,
    reason,
    resolution,
    sealed,
    sealed_units,
    very_upset,
    way_back,
    yes_no,
    zone,
)  # fmt: skip


@pytest.mark.parametrize("text", [
    "cambiad la dirección del 10401", "the address for 10401 please",
    "lb10401", "LB 10401", "LB-10401", "lb–10401", "L B 10401", "el 10401", "10401", "10401?", "(10401)",
    "pedido nº10401",
    "order #10401", "10.401", "mi pedido 10 401", "LB 1 0 4 0 1", "número diez mil cuatrocientos uno",
    "uno cero cuatro cero uno", "one oh four oh one", "ten thousand four hundred and one", "ten four oh one",
    "it's LB one zero four zero one", "ciento cuatro cero uno", "Es el LB10401, gracias",
    "10401 y mi teléfono es 600111001", "LB-10401 lucia10402@correo.example",
])  # fmt: skip
def test_an_order_number_however_it_comes(text):
    assert order_numbers(text) == ["LB-10401"]


@pytest.mark.parametrize("text", [
    "600 111 001", "+34 600111001", "seis cero cero uno uno uno cero cero uno", "10401@correo.example",
    "cuesta 10401 €",
    "Calle Mayor 3, 28013 Madrid", "104011", "1040", "", "no", "uno", "tengo dos", "2026", "mil gracias",
    "B08X10401Z",
])  # fmt: skip
def test_what_is_no_order_number(text):
    assert order_numbers(text) == []


def test_two_order_numbers_in_the_order_they_were_said():
    assert order_numbers("el LB-10402 y el lb10401, el LB-10402 sobre todo") == ["LB-10402", "LB-10401"]
    assert order_numbers("10402 o 10401") == ["LB-10402", "LB-10401"]


def test_an_order_next_to_an_address_is_told_from_the_postal_code():
    assert order_numbers("mi pedido 10427 a la calle Mayor 3, 07001 Palma") == ["LB-10427"]


@given(
    number=st.integers(min_value=10000, max_value=99999),
    before=st.sampled_from(["", "LB-", "lb ", "pedido ", "order "]),
)
def test_every_order_number_is_read(number, before):
    assert order_numbers(f"{before}{number}") == [f"LB-{number}"]


@given(digits=st.text("0123456789", min_size=5, max_size=5))
def test_every_number_read_aloud_digit_by_digit_is_read(digits):
    spanish = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
    english = ["oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    for words in (spanish, english):
        assert order_numbers("pedido " + " ".join(words[int(digit)] for digit in digits)) == [f"LB-{digits}"]


def test_mail_addresses():
    assert emails("Soy Lucia.Romero@correo.example, gracias") == ["lucia.romero@correo.example"]
    assert emails("lucia punto romero arroba correo punto example") == ["lucia.romero@correo.example"]
    assert emails("emily dot carter at mail dot example") == ["emily.carter@mail.example"]
    assert emails("I'll be at the shop. Thanks") == []


@pytest.mark.parametrize(("text", "found"), [
    ("600 111 001", ["+34600111001"]), ("mi móvil: +34 600-11-10-01", ["+34600111001"]),
    ("0034600111001", ["+34600111001"]),
    ("+351 910 000 006", ["+351910000006"]), ("seis cero cero uno uno uno cero cero uno", ["+34600111001"]),
    ("pedido LB-10401", []), ("10401, 10402", []), ("hola", []),
])  # fmt: skip
def test_phones(text, found):
    assert phones(text) == found


@pytest.mark.parametrize(("text", "skus"), [
    ("mi freidora no va", ["FR5"]), ("la air fryer", ["FR5"]), ("the airfryer", ["FR5"]),
    ("la fragua 5l", ["FR5"]),
    ("el robot aspirador", ["LR3"]), ("la aspiradora", ["LR3"]), ("my robot vacuum", ["LR3"]),
    ("la tostadora", ["CH2"]),
    ("la batidora", ["VX12"]), ("the blender", ["VX12"]), ("los cascos", ["EB2"]), ("auriculares", ["EB2"]),
    ("my headphones", ["EB2"]), ("el cepillo de dientes", ["MR1"]), ("toothbrush", ["MR1"]),
    ("secador", ["AL1"]),
    ("el termostato", ["TT1"]), ("tarjeta regalo", ["GIFT"]), ("los cabezales del cepillo", ["MRH"]),
    ("café", ["CAF"]),
    ("la Brasa 20", ["BR20"]), ("cafetera", ["BR20", "BR20-R"]), ("la brasa reacondicionada", ["BR20-R"]),
    ("la máquina de café", ["BR20", "BR20-R"]), ("la tostadra", ["CH2"]), ("mi freidroa", ["FR5"]),
    ("Vortice1200", ["VX12"]),
    ("el cepillo del robot", ["LR3"]), ("me duele la cabeza", []), ("hola, quiero devolver una cosa", []),
    ("LB-10401", []),
])  # fmt: skip
def test_products(text, skus):
    assert products(text) == skus


def test_an_order_narrows_what_a_word_means():
    assert products("la cafetera", ["BR20-R"]) == ["BR20-R"]
    assert products("mi Brasa 20", ["BR20-R", "CAF"]) == ["BR20-R"]
    assert products("la freidora", ["BR20"]) == []


@pytest.mark.parametrize(("text", "answer"), [
    ("sí", True), ("Si, claro", True), ("sí, claro, sin abrir", True), ("vale", True), ("yes please", True),
    ("yep", True),
    ("no", False), ("nope", False), ("no, gracias", False), ("vale, no", False), ("claro que no", False),
    ("para nada", False),
    ("no pasa nada, sí", True), ("no lo sé", None), ("¿por qué no?", None), ("mañana", None), ("", None),
    ("I'm not sure", None),
])  # fmt: skip
def test_yes_and_no(text, answer):
    assert yes_no(text) is answer


@pytest.mark.parametrize(("text", "is_sealed"), [
    ("sí, claro, sin abrir", True), ("no, todavía precintado", True), ("no lo he abierto", True),
    ("I haven't opened it", True),
    ("it's unopened", True), ("still sealed", True), ("sin desprecintar", True), ("sí", True),
    ("cerrado", True),
    ("lo abrí", False), ("ya está abierto", False), ("no está precintado", False),
    ("lo he usado un par de veces", False),
    ("yes, I opened it", False), ("not sealed any more", False), ("no", False),
    ("uno abierto y otro sin abrir", None), ("hmm", None),
    ("no me convence", None), ("no, es que no me gusta", False),
])  # fmt: skip
def test_whether_it_is_still_sealed(text, is_sealed):
    assert sealed(text) is is_sealed


@pytest.mark.parametrize(("text", "units"), [
    ("uno sin abrir y otro abierto", 1), ("dos están precintados", 2), ("de los 3 he abierto uno", 2),
    ("todos cerrados", 3),
    ("he abierto los tres", 0), ("two are still sealed", 2), ("no sé", None),
])  # fmt: skip
def test_how_many_are_still_sealed(text, units):
    assert sealed_units(text, 3) == units


@pytest.mark.parametrize(("text", "answer"), [
    ("nunca", False), ("no, nunca", False), ("no la he descalcificado", False), ("never", False),
    ("not yet", False),
    ("sí, hace un mes", True), ("cada tres meses", True), ("I did it twice", True), ("no lo sé", None),
    ("no me acuerdo", None),
])  # fmt: skip
def test_whether_it_was_ever_descaled(text, answer):
    assert descaled(text) is answer


@pytest.mark.parametrize(("text", "answer"), [
    ("que lo recojan en casa", True), ("pick-up please", True), ("recogida a domicilio", True),
    ("lo llevo a la tienda", False),
    ("punto de entrega", False), ("drop-off", False), ("no hace falta que lo recojan, lo llevo yo", False),
    ("hmm", None), ("drop_off", False), ("I can take it there", False), ("from my home please", True),
    ("la gratuita", False), ("no me convence", None), ("no, no me gusta", None),
])  # fmt: skip
def test_how_it_goes_back(text, answer):
    assert pickup(text) is answer


@pytest.mark.parametrize(("text", "answer"), [
    ("hace demasiado ruido, la llevo yo", False), ("No me cabe. Que lo recojan, por favor", True),
    ("too loud, I'll drop it off", False), ("the wrong colour, please have it collected", True),
    ("la compré en la tienda", None), ("en casa no me cabe", None), ("hace ruido", None), ("¿es gratis?", None),
])  # fmt: skip
def test_how_it_goes_back_is_heard_unasked_only_in_plain_words(text, answer):
    assert way_back(text) is answer


@pytest.mark.parametrize(("text", "why"), [
    ("no me gusta", "changed_mind"), ("he cambiado de idea", "changed_mind"), ("it's too big", "changed_mind"),
    ("está defectuoso", "faulty"), ("no funciona", "faulty"), ("it's broken", "faulty"),
    ("llegó roto", "damaged"),
    ("arrived damaged", "damaged"), ("me han enviado otro producto", "wrong"), ("wrong item", "wrong"),
    ("prefiero no decirlo", "unspecified"), ("no está roto, es que no me cabe", "changed_mind"), ("hmm", None),
])  # fmt: skip
def test_why_it_goes_back(text, why):
    assert reason(text) == why


def test_which_remedy():
    assert resolution("prefiero el dinero", ("new_unit", "refund")) == "refund"
    assert resolution("una nueva, por favor", ("new_unit", "refund")) == "new_unit"
    assert resolution("no quiero dinero, quiero otro", ("new_unit", "refund")) == "new_unit"
    assert resolution("que me la arreglen", ("repair", "replacement")) == "repair"
    assert resolution("a new one", ("repair", "replacement")) == "replacement"
    assert resolution("store credit", ("other_colour", "store_credit")) == "store_credit"
    assert resolution("el rojo, otro color", ("other_colour", "store_credit")) == "other_colour"
    assert resolution("hmm", ("repair", "replacement")) is None


@pytest.mark.parametrize(("text", "sku", "found"), [
    ("el motor no gira", "VX12", Fault("motor")), ("the pump is dead", "BR20", Fault("pump")),
    ("sale el error E4", "BR20", Fault("pump")),
    ("la batería ya no dura nada", "LR3", Fault("battery")),
    ("the battery won't hold charge", "EB2", Fault("battery")),
    ("el filtro está roto", "AL1", Fault("filter")), ("el cepillo central", "LR3", Fault("brush")),
    ("el cepillo no carga", "MR1", Fault()),
    ("está llena de cal", "BR20", Fault(cause="limescale")), ("no sale agua", "BR20", Fault(cause="limescale")),
    ("no sale agua caliente de la ducha", "TT1", None), ("se me cayó al suelo", "EB2", Fault(cause="drop")),
    ("se cayó al agua", "EB2", Fault(cause="immersion")),
    ("se metieron en la lavadora", "EB2", Fault(cause="immersion")),
    ("no se ha caído, no enciende", "EB2", Fault()), ("se cae el wifi y no conecta", "LR3", Fault()),
    ("lo abrió un técnico", "TT1", Fault(cause="third_party")), ("no enciende", "AL1", Fault()),
    ("hola", None, None),
])  # fmt: skip
def test_what_fails(text, sku, found):
    assert fault(text, sku) == found


@pytest.mark.parametrize("text", [
    "huele a quemado", "echa humo", "no funciona y echa humo", "sale humo del enchufe",
    "se ha prendido fuego", "está ardiendo",
    "me dio calambre", "me ha dado una descarga", "la batería está hinchada", "se ha hinchado la batería",
    "saltan chispas",
    "ha explotado", "me he quemado la mano", "me corté con la cuchilla", "se está derritiendo el cable",
    "salta el diferencial",
    "no hay fuego pero huele a quemado", "NO PARA DE ECHAR HUMO", "olor a plastico quemado",
    "¿es normal que salga humo?",
    "it's smoking", "there is smoke", "it caught fire", "I got an electric shock", "it shocked me",
    "the battery is swollen",
    "burning smell", "it smells burnt", "sparks came out", "it burned my hand", "it exploded",
    "my son got hurt", "it's melting",
    "the battery is bulging", "not only noise but smoke",
])  # fmt: skip
def test_danger(text):
    assert danger(text)


@pytest.mark.parametrize("text", [
    "no huele a quemado", "no sale humo", "there's no smoke", "no echa humo ni nada", "sin humo",
    "no me ha dado calambre", "mi Chispa 2 no tuesta",
    "la Brasa 20 no calienta", "el café sabe a quemado", "quiero llamar", "se llama Ana",
    "se corta la conexión", "la Fragua", "I made a smoothie",
    "it doesn't smell burnt", "quiero devolver la freidora", "my order", "E2 se sobrecalienta",
])  # fmt: skip
def test_no_danger(text):
    assert not danger(text)


@pytest.mark.parametrize(("text", "threat"), [
    ("voy a denunciaros", True), ("mi abogado os escribirá", True), ("I'll sue you", True),
    ("see you in court", True),
    ("os voy a poner una reclamación en consumo", True), ("quiero poner una hoja de reclamaciones", True),
    ("pienso ir a la OMIC", True),
    ("I'll file a complaint with the consumer office", True), ("¿dónde está la hoja de reclamaciones?", False),
    ("where can I find the complaint form?", False), ("¿cuánto consumo eléctrico tiene?", False),
    ("quiero devolverlo", False),
    ("o me lo arregláis o demanda", True), ("tengo a un procurador con esto", True), ("voy por lo legal y punto", True),
    ("I'll have you in front of a judge", True), ("expect a letter before action", True),
    ("you leave me no choice but to go legal", True), ("esto lo sigo en la OMIC y después donde haga falta", True),
    ("quiero poner una hoja de reclamaciones, ¿dónde la encuentro?", False),
    ("are you part of a consumer arbitration scheme?", False), ("hay mucha demanda de este modelo", False),
])  # fmt: skip
def test_legal_threats(text, threat):
    assert legal_threat(text) is threat


@pytest.mark.parametrize(("text", "wishes"), [
    ("quiero hablar con una persona", True), ("pásame con un humano", True), ("agente", True),
    ("persona, por favor", True),
    ("I want to speak to someone", True), ("human please", True),
    ("no quiero hablar con una máquina, quiero una persona", True),
    ("somos una familia de cuatro", False), ("quiero devolverlo", False),
    ("no quiero hablar con un agente", False),
    ("stop with the bot already", True), ("basta ya de bot", True), ("I don't want to talk to a machine", True),
    ("pásame con uno de tus compañeros", True), ("pass me to someone", True),
    ("me he cansado del robot, os lo devuelvo", False), ("la pagó una compañera que ya no está", False),
])  # fmt: skip
def test_asking_for_a_person(text, wishes):
    assert asks_person(text) is wishes


def test_other_alarms():
    assert press("Soy periodista de un diario") and not press("quiero un café")
    assert fraud_or_payment("me habéis cobrado dos veces") and fraud_or_payment("I was charged twice")
    assert not fraud_or_payment("¿cuánto cuesta el envío?")
    assert (
        very_upset("ESTO ES UNA TOMADURA DE PELO")
        and very_upset("This is outrageous")
        and not very_upset("LB-10401 GRACIAS")
    )
    assert others_order("es el pedido de mi vecina") and others_order("I got it as a gift")
    assert not others_order("es un regalo que me hicieron y tengo el ticket regalo")


@pytest.mark.parametrize(("address", "where"), [
    ("Calle Mayor 3, 28013 Madrid", "mainland"), ("C/ Sol 4, 07001", "balearics"),
    ("Palma de Mallorca", "balearics"),
    ("Las Palmas de Gran Canaria", "canaries"), ("38001 Santa Cruz", "canaries"), ("Ceuta", "ceuta_melilla"),
    ("52001", "ceuta_melilla"),
    ("Rua Augusta 10, 1100-048 Lisboa", "portugal"), ("12 Rue de Rivoli, 75001 Paris", "eu"),
    ("Calle Portugal 4, 28943 Fuenlabrada", "mainland"),
    ("10 Downing Street, London", None), ("mi casa nueva", None),
])  # fmt: skip
def test_the_zone_of_an_address(address, where):
    assert zone(address) == where


def test_small_things():
    assert lots("pone CH2-2604 debajo") == ["CH2-2604"] and lots("lote 2605") == ["CH2-2605"] and lots("10401") == []
    assert (
        quantity("los dos") == 2
        and quantity("solo uno") == 1
        and quantity("3 unidades") == 3
        and quantity("hola") is None
    )
    assert rating("5") == 5 and rating("cuatro") == 4 and rating("⭐⭐⭐") == 3
    assert rating("os pongo un 9") == 5 and rating("10") == 5 and rating("4 de 10") == 2
    assert rating("un dos de 5") == 2 and rating("3/5") == 3
    assert rating("0") is None and rating("quiero valorar la atención") is None
    assert confirmation("ya compró en el súper y claro, tenemos para un mes") is None and confirmation("claro") is True
    assert descaled("desde la semana pasada, nada de golpes") is None and descaled("la semana pasada") is True
    assert photo("aquí la tienes") is True and photo("no tengo") is False
    assert photo("sí tengo, pero no sé subirla") is False and photo("the upload thing won't work") is False
    assert looks_like_address("Calle Mayor 3, 28013 Madrid") and not looks_like_address("quiero cambiarla")


@given(text=st.text(max_size=300))
def test_no_text_breaks_the_reading(text):
    for name in ("order_numbers", "emails", "phones", "lots", "products", "yes_no", "sealed", "danger", "legal_threat",
                 "asks_person", "zone", "fault", "reason", "pickup", "quantity", "rating",
                 "very_upset"):  # fmt: skip
        getattr(understand, name)(text)
    assert sealed_units(text, 3) in (None, 0, 1, 2, 3)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text", ["a" * 100_000, "1 " * 50_000, "@." * 50_000, "no " * 40_000, "uno " * 30_000, "(" * 90_000]
)
def test_long_texts_are_read_quickly(text):
    for name in ("order_numbers", "emails", "phones", "products", "yes_no", "sealed", "danger", "fault", "zone"):
        getattr(understand, name)(text)
