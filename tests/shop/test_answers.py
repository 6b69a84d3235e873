"""Answers to our questions as customers really write them, in Spanish and English."""

import pytest

from bot.shop.understand import (
    confirmation,
    descaled,
    indifferent,
    pickup,
    quantity,
    rating,
    resolution,
    sealed,
    sealed_units,
    way_back,
    yes_no,
)


@pytest.mark.parametrize(("text", "answer"), [
    ("cómo no", True), ("go for it", True), ("aye", True), ("definitely", True), ("ajá", True), ("obvio", True),
    ("dale", True), ("órale", True), ("yes i don't want it any more", True), ("sí, no pasa nada", True),
    ("sí, no lo quiero", True), ("claro", True), ("vale, hazlo", True), ("yes of course", True),
    ("sure, why not", True), ("I have", True), ("sí, vale, no me importa", True), ("ok no problem", True),
    ("por supuesto que no", False), ("absolutely not", False), ("of course not", False), ("I have not", False),
    ("I have not, sorry", False), ("fine, don't", False), ("desde luego que no", False), ("definitely not", False),
    ("sí que no", False), ("claro que no", False), ("venga no", False), ("I do not", False), ("it is not", False),
    ("yes it is not", False), ("I haven't", False), ("ni hablar", False),
    ("como os venga mejor", None), ("a ver si llega", None), ("no sé", None), ("como no funciona", None),
    ("que no va", None), ("que no funcionan", None),
])  # fmt: skip
def test_a_no_behind_a_yes_and_other_ways_to_agree(text, answer):
    assert yes_no(text) is answer


@pytest.mark.parametrize(("text", "answer"), [
    ("cancel it", True), ("cancélalo", True), ("anúlalo", True), ("go for it", True), ("do it", True),
    ("yes cancel it", True), ("sí, cancélalo por favor", True), ("ok", True), ("please cancel", True),
    ("yes please", True), ("párenlo", True),
    ("absolutely not, I changed my mind", False), ("por supuesto que no", False), ("no lo canceles", False),
    ("don't cancel it", False), ("leave it", False), ("keep it", False), ("no", False), ("déjalo como está", False),
    ("sí, pero no ahora", None), ("I don't want it any more", None), ("ya no lo quiero", None),
    ("no, cancélalo", None), ("hmm", None), ("I'll do it on the website", None),
])  # fmt: skip
def test_confirming_what_cannot_be_undone(text, answer):
    assert confirmation(text) is answer


@pytest.mark.parametrize(("text", "is_sealed"), [
    ("still in the packet, never touched them", True), ("never touched them, still in the packet", True),
    ("never touched them still in the packet", True), ("never touched them, the wrapping is still on", True),
    ("havent even unwrapped them", True), ("haven't taken it out of the box", True),
    ("nope still got the wrapper on", True), ("have I opened them? of course not", True),
    ("the plastic is still on them", True), ("cellophane is still on", True),
    ("están nuevecitos, en su plástico, ni los he tocado", True), ("están en su embalaje", True),
    ("no los he tocado", True), ("ni los he abierto", True), ("yes it is", True), ("sí, lo está", True),
    ("they're still wrapped", True), ("no le he quitado el plástico", True), ("sin desenvolver", True),
    ("I took it out of the box", False), ("no I opened it", False), ("les quité el plástico", False),
    ("of course not", False), ("no", False), ("no, es que no me gusta", False), ("I've unwrapped them", False),
    ("no it isn't", False), ("los saqué de su caja", False), ("peeled off the wrapper", False),
    ("ya no los necesito", None), ("no reason", None), ("no no está rota ni nada", None), ("no use for them", None),
    ("no nos gusta", None), ("no las necesito", None), ("hmm", None), ("absolutely no idea", None),
])  # fmt: skip
def test_sealed_is_heard_in_words_of_packing_and_touching(text, is_sealed):
    assert sealed(text) is is_sealed


def test_all_units_in_their_packing():
    assert sealed_units("never touched them, still in the packet", 3) == 3
    assert sealed_units("one still has the wrapper on, I unwrapped the other", 2) == 1
    assert sealed_units("ya no los necesito", 3) is None


@pytest.mark.parametrize(("text", "answer"), [
    ("I have not, sorry", False), ("not that I know", False), ("nunca la he descalcificado", False),
    ("no, nunca", False), ("of course not", False),
    ("sí hija sí la descalcifico con el líquido ese", True), ("yes I have", True), ("every month with vinegar", True),
    ("con el líquido ese, sí", True),
    ("ya no los necesito", None), ("no la quiero", None), ("la tengo desde hace dos meses", None), ("no sé", None),
    ("absolutely no idea", None),
])  # fmt: skip
def test_descaled_in_other_words(text, answer):
    assert descaled(text) is answer


@pytest.mark.parametrize(("text", "answer"), [
    ("no tengo coche y no puedo salir de casa", True), ("la tienda me pilla lejos", True),
    ("yo no puedo cargar con eso", True), ("no puedo", True), ("send someone", True), ("could you pick it up", True),
    ("you'd have to fetch it", True), ("my house", True), ("I'd rather someone came for it", True),
    ("que vengan", True), ("vale pues que vengan", True), ("i can't carry it", True), ("the shop is too far", True),
    ("no puedo llevarlo", True), ("I don't drive", True), ("I'm too old to carry it", True),
    ("mandad a alguien", True), ("recogedlo", True), ("home", True),
    ("I'll drop them off", False), ("drop both off", False), ("I'll drop both off", False), ("drop", False),
    ("post it", False), ("I'll post it", False), ("lo llevo", False), ("a la tienda", False), ("shop", False),
    ("en casa no hay nadie, la llevo", False), ("me da igual", False), ("lo más barato", False),
    ("whatever is cheapest", False), ("as you like", False), ("como os venga mejor", False),
    ("no hace falta, la dejo yo en un punto de esos", False), ("lo que queráis", False),
    ("no tengo coche pero la llevo yo", False), ("no vengan a casa, lo llevo", False),
    ("no quiero que vengan a casa", False), ("I'll pop it into one of your collection places", False),
    ("la llevo yo", False), ("no me importa llevarlo", False), ("no I'll take it to a drop off point", False),
    # Alone, a yes or no answers the second half: whether it is fetched.
    ("¿cuánto cuesta la recogida?", None), ("sí", True), ("no", False), ("no, gracias", False), ("claro", True),
    ("no no esta rota ni nada", None), ("al darle al boton no hace nada", None), ("ya no los necesito", None),
    ("no puedo usarlo", None), ("que no gira", None),
])  # fmt: skip
def test_a_yes_or_no_beside_other_words_says_nothing_of_how_it_travels(text, answer):
    assert pickup(text) is answer


@pytest.mark.parametrize(("text", "answer"), [
    ("I'd like someone to collect it", True), ("can you collect it", True), ("que lo recojáis", True),
    ("too big, drop off at a shop", False), ("la llevo yo", False),
    ("lo llevo usando un mes", None), ("I want to return it to the shop", None), ("no puedo usarlo", None),
])  # fmt: skip
def test_the_way_back_told_with_something_else(text, answer):
    assert way_back(text) is answer


@pytest.mark.parametrize(("text", "wanted"), [
    ("dinero no, otro", "new_unit"), ("fresh pair please", "new_unit"), ("a working one", "new_unit"),
    ("no quiero dinero quiero otro", "new_unit"), ("me da igual", "new_unit"),
    ("me da igual el dinero, quiero otra", "new_unit"), ("lo que queráis", "new_unit"),
    ("la plata", "refund"), ("mi lana", "refund"), ("el reintegro", "refund"), ("otro no, el dinero", "refund"),
])  # fmt: skip
def test_a_new_unit_or_money(text, wanted):
    assert resolution(text, ("new_unit", "refund")) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("que me lo reparen no, quiero uno nuevo", "replacement"), ("pues uno nuevo", "replacement"),
    ("i'd sooner have a fresh pair", "replacement"), ("kindly arrange replacement", "replacement"),
    ("me da igual", "repair"), ("lo que sea más rápido", "repair"), ("whatever is quickest", "repair"),
    ("repararla", "repair"), ("vosotros mismos", "repair"),
    ("hmm", None),
])  # fmt: skip
def test_repair_or_replacement(text, wanted):
    assert resolution(text, ("repair", "replacement")) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("pink one", "other_colour"), ("negra", "other_colour"), ("in black", "other_colour"),
    ("the white", "other_colour"), ("en rojo", "other_colour"), ("quiero otro color", "other_colour"),
    ("el vale", "store_credit"),
])  # fmt: skip
def test_another_colour_or_a_voucher(text, wanted):
    assert resolution(text, ("other_colour", "store_credit")) == wanted


def test_leaving_the_choice_to_us():
    assert indifferent("me da igual") and indifferent("whatever is quickest") and indifferent("up to you")
    assert not indifferent("me da igual el dinero, quiero otra") and not indifferent("el dinero")


@pytest.mark.parametrize(("text", "units"), [
    ("one pair of the two", 1), ("one of my two headphones", 1), ("one out of three", 1),
    ("two i buy, one only return", 1), ("one of the two pairs, yes", 1), ("uno de los dos", 1), ("una de las dos", 1),
    ("solo uno", 1), ("one of them", 1),
    ("both", 2), ("los dos", 2), ("dos", 2), ("two of the three", 2), ("dos de las tres", 2),
    ("hola", None),
])  # fmt: skip
def test_a_part_of_several(text, units):
    assert quantity(text) == units


@pytest.mark.parametrize(("text", "rate"), [
    ("excelente", 5), ("perfecto", 5), ("genial", 5), ("great", 5), ("5", 5), ("⭐⭐⭐⭐⭐", 5),
    ("muy bien", 4), ("bien", 4), ("good", 4), ("pretty good", 4), ("muy bien, gracias", 4),
    ("normal", 3), ("regular", 3), ("meh", 3), ("ok", 3), ("no está mal", 3), ("not bad", 3),
    ("mal", 2), ("bad", 2), ("not good", 2),
    ("fatal", 1), ("pésimo", 1), ("terrible", 1), ("awful", 1), ("muy mal", 1),
    ("quiero valorar la atención", None), ("hola", None),
])  # fmt: skip
def test_rates_in_words(text, rate):
    assert rating(text) == rate


def test_words_rate_only_where_little_else_is_said():
    assert rating("bien, pero yo lo que quiero es devolver la freidora que me mandasteis") is None
    assert rating("¿está bien así?") is None
