"""Danger: every real one is caught, and what is denied, burnt food or a figure of speech is none."""

import pytest

from bot.shop import sentences
from bot.shop.understand import danger, danger_denied, danger_kind


@pytest.mark.parametrize(("text", "real"), [
    ("no huele a quemado pero echa humo", True), ("no burning smell but sparks", True),
    ("huele a quemado, no enciende", True), ("huele a chamusquina", True), ("echa un olor raruno y hace chas", True),
    ("da garrampa", True), ("me da calambre al tocarla", True), ("me he quemado con el café", True),
    ("se ha quemado la tostadora con el pan dentro", True), ("se quema el pan y huele a quemado", True),
    ("I burned my hand on the toast", True), ("se me quema el pan y echa humo", True),
    ("se ha quemado la cafetera", True), ("la máquina de café se ha quemado", True), ("se ha cortado el dedo", True),
    ("mi hija se ha cortado", True), ("me ha cortado la mano", True), ("la cuchilla me ha cortado", True),
    ("el pan sale quemado y el cable también está quemado", True), ("no smoke no fire sparks came out", True),
    ("¿es peligroso? echa humo", True), ("el robot está ardiendo", True), ("no para de echar humo", True),
    ("not just smoke, flames", True), ("the toaster burned", True), ("it smells of hot plastic", True),
    ("es peligroso", True), ("no sé si es humo", True), ("nothing but smoke", True), ("no solo humo", True),
    ("the coffee machine is burning", True), ("my toaster is on fire", True), ("se prendió fuego el pan", True),
    ("estoy muy enfadada, la batería está hinchada", True), ("huele a cable quemado", True),
    ("el aparato quema al tocarlo", True), ("se me ha quemado la freidora friendo patatas", True),
    ("no flames, just smoke", True), ("I see no fire, only sparks", True),
    ("no huele a quemado ni nada", False), ("no huele a quemado ni nada, solo no enciende la tostadora", False),
    ("no burning smell or smoke, it just doesn't turn on", False),
    ("no smoke, nothing, it just doesn't start", False), ("no a quemado no, a nuevo", False),
    ("no a quemado no", False), ("no smell or smoke or anything like that, just stopped", False),
    ("no echa humo ni nada raro", False), ("the toaster always burns my bread on level 3", False),
    ("mis croquetas salen quemadas, qué temperatura pongo?", False), ("el café sale quemado", False),
    ("the fries burn", False), ("el pan se quema", False), ("la tostada sale quemada", False),
    ("las patatas se me queman", False), ("se me quema el pan", False), ("la tostadora me quema las tostadas", False),
    ("the coffee tastes burnt and bitter from my Brasa", False), ("estoy que echo humo con vosotros", False),
    ("estamos que echamos humo", False), ("me arde la sangre", False), ("estoy quemado con vosotros", False),
    ("me quema la sangre", False), ("me estoy quemando con tanto esperar", False),
    ("el secador está ardiendo de precio jaja", False), ("this deal is fire", False), ("I'm burning to know", False),
    ("smoking hot deal", False), ("se ha cortado el sonido de los auriculares", False),
    ("se me ha cortado la llamada", False), ("¿es peligroso usar el secador en el baño?", False),
    ("is it dangerous to use it in the bath?", False), ("La chispa 2 es peligrosa no? la mia LB-10407", False),
    ("olor a quemado no hay", False), ("no es humo, es vapor", False), ("never seen smoke or sparks from it", False),
    ("my toast comes out burnt", False), ("it burns the toast", False),
    ("me da calambre pagar eso por un envío", False), ("está que arde el jefe", False), ("vendéis humo", False),
    ("tenéis los precios inflados", False), ("it won't fire up any more", False), ("you're bleeding me dry", False),
    ("I got a shock when I saw the bill", False), ("I popped it in the post", False),
    ("la freidora está que arde", True), ("me da calambre, mirad a ver", True), ("ha hecho humo la freidora", True),
    ("the toaster caught fire up in the kitchen", True), ("it went up in smoke", True), ("stopped with a bang", True),
    ("popped out and burned my face", True), ("le ha levantado ampollas", True),
])  # fmt: skip
def test_danger_in_earnest_and_what_only_sounds_like_it(text, real):
    assert danger(text) is real


@pytest.mark.parametrize(("text", "denied"), [
    ("no huele a quemado ni nada", True), ("no burning smell or smoke, it just doesn't turn on", True),
    ("no smoke, nothing", True), ("no a quemado no", True), ("mis croquetas salen quemadas", True),
    ("estoy que echo humo con vosotros", True),
    ("no enciende", False), ("huele a quemado", False), ("no fire but smoke", False), ("hola", False),
])  # fmt: skip
def test_words_of_danger_that_are_all_denied_or_harmless(text, denied):
    assert danger_denied(text) is denied


@pytest.mark.parametrize(("text", "kind"), [
    ("me dio un calambrazo al enchufarla", "shock"), ("I got a shock from the handle", "shock"),
    ("la batería está hinchada", "battery"), ("the battery is bulging and hot", "battery"),
    ("huele a quemado y sale humo", "fire"), ("it sparks and smells of burning", "fire"),
    ("se me ha derretido la carcasa", "fire"), ("huele a gas", "gas"), ("my hand is bleeding", "injury"),
    ("se ha cortado el dedo, sangra mucho", "injury"), ("no huele a gas pero echa humo", "fire"),
    ("da miedo dejarlo enchufado", "other"), ("", "other"),
])  # fmt: skip
def test_each_danger_has_its_own_words(text, kind):
    assert danger_kind(text) == kind
    assert all("112" in sentences.safety(kind, language) for language in ("es", "en"))
