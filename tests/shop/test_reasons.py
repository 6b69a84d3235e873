"""Why something goes back, what fails and who did it."""

import pytest

from bot.shop.understand import fault, reason


@pytest.mark.parametrize(("text", "why"), [
    ("keeps cutting out", "faulty"), ("it won't heat", "faulty"), ("wont heat up", "faulty"), ("it leaks", "faulty"),
    ("it overheats", "faulty"), ("it died on me", "faulty"), ("gave up the ghost", "faulty"),
    ("makes a funny noise", "faulty"), ("the battery dies", "faulty"), ("se cae a trozos", "faulty"),
    ("no van", "faulty"), ("no se oye", "faulty"), ("it doesnt work", "faulty"),
    ("se me mojaron con la lluvia y no van", "faulty"), ("it drops every night", "faulty"),
    ("something's wrong with it", "faulty"), ("it's leaking and I don't want it any more", "faulty"),
    ("no calienta bien", "faulty"), ("la batería dura poco", "faulty"),
    ("I clicked the wrong colour", "changed_mind"), ("I ordered the wrong one", "changed_mind"),
    ("ya no los necesito", "changed_mind"), ("no las necesito", "changed_mind"), ("no nos gusta", "changed_mind"),
    ("lo pedí por error", "changed_mind"), ("it works fine, I don't like it", "changed_mind"),
    ("hace ruido", "changed_mind"),
    ("arrived with a scratch", "damaged"), ("llegó con un golpe en la tapa", "damaged"), ("vino rota", "damaged"),
    ("it came with a dent", "damaged"),
    ("you sent the wrong item", "wrong"), ("me mandaron otro color", "wrong"), ("se equivocaron de talla", "wrong"),
    ("quiero devolver los cabezales", None), ("hola", None), ("nothing wrong with it", None), ("the battery", None),
])  # fmt: skip
def test_why_in_other_words(text, why):
    assert reason(text) == why


@pytest.mark.parametrize(("text", "cause"), [
    ("se me cayó", "drop"), ("le di un golpe", "drop"), ("I dropped it", "drop"),
    ("I knocked it off the table", "drop"), ("se cayó al suelo", "drop"), ("lo tiré al suelo sin querer", "drop"),
    ("llegó bien pero se me cayó", "drop"), ("me llegó ayer y se cayó al suelo", "drop"), ("tuvo un golpe", "drop"),
    ("it fell off the table", "drop"), ("mi hijo la tiró", "drop"),
    ("me ha llegado la freidora con un golpe en la tapa", None), ("ya la tiré", None), ("vino con un golpe", None),
    ("al abrirlo se cayó un trozo", None), ("the connection dropped", None),
    ("se me cayó una gota de agua y no va", None), ("arrived with a dent", None),
    ("the courier dropped it off", None), ("the handle fell off", None), ("se le cayó el botón", None),
    ("un taller me dijo que está roto", None), ("otro técnico dice que es el motor", None),
    ("lo abrió un taller", "third_party"), ("otro técnico la reparó", "third_party"),
    ("it was opened by a technician", "third_party"), ("un amigo la ha desmontado", "third_party"),
    ("my brother tried to fix it", "third_party"), ("un taller lo ha abierto", "third_party"),
])  # fmt: skip
def test_only_an_act_of_the_customer_is_a_cause(text, cause):
    found = fault(text, "FR5")
    assert (found.cause if found else None) == cause


@pytest.mark.parametrize(("text", "cause"), [
    ("it only dribbles", "limescale"), ("just a trickle", "limescale"),
    ("hardly any water comes through", "limescale"), ("The brasa is dripping so slow", "limescale"),
    ("takes five minutes for one cup", "limescale"), ("wont heat up, coffee comes out cold", "limescale"),
    ("sale un hilillo", "limescale"),
    ("makes a terrible noise", None),
])  # fmt: skip
def test_weak_flow_is_heard_with_the_product_or_without(text, cause):
    found = fault(text, "BR20")
    assert (found.cause if found else None) == cause


def test_limescale_needs_a_machine_that_has_some():
    brasa, dryer = fault("my brasa wont heat up"), fault("my hair dryer wont heat up")
    assert brasa is not None and brasa.cause == "limescale"
    assert dryer is not None and dryer.cause is None
