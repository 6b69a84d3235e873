"""Questions that go on from the one before, that are about one product, and what of an article is told."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge import corpus
from knowledge.answers import Answer, answer
from knowledge.respelling import respelt

DAY = date(2026, 3, 2)


def ask(text: str, language: str, before: str = "", about: tuple[str, ...] = ()) -> Answer:
    return answer(text, language, products=about, context=[before] if before else [], today=DAY)


def slug(found: Answer) -> str:
    return found.citations[0].slug if found.found else ""


@pytest.mark.parametrize(
    ("text", "language", "before", "about", "expected"),
    [
        ("¿y si está abierto?", "es", "¿puedo devolver un cepillo?", ("MR1",), "devoluciones-excepciones"),
        ("and if it's open?", "en", "can I send the toothbrush back?", ("MR1",), "devoluciones-excepciones"),
        ("¿cuánto valen?", "es", "¿cuándo se cambia el cabezal?", ("MR1",), "marea-cabezales"),
        ("¿cada cuánto?", "es", "¿hay que descalcificar la cafetera?", (), "brasa-20-descalcificar"),
        ("how often?", "en", "do I have to descale the coffee machine?", (), "brasa-20-descalcificar"),
        ("what do I check?", "en", "my blender won't start", (), "vortice-1200-no-arranca"),
        ("¿y es gratis?", "es", "¿recogéis la nevera vieja?", (), "reciclaje"),
        ("is it free?", "en", "can you take away my old fridge?", (), "reciclaje"),
        ("¿caducan?", "es", "¿cómo se consiguen puntos?", (), "club-puntos"),
        ("¿y cuánto cuesta?", "es", "¿cuánto tarda el envío a Mallorca?", (), "envio-coste"),
        ("and how long does it take?", "en", "how much is delivery to Lisbon?", (), "envio-plazos"),
    ],
)
def test_a_question_without_a_subject_takes_that_of_the_one_before(
    demo: None, text: str, language: str, before: str, about: tuple[str, ...], expected: str
) -> None:
    assert slug(ask(text, language, before, about)) == expected


@pytest.mark.parametrize(
    ("text", "language", "before", "expected"),
    [
        ("¿puedo pagar con Bizum?", "es", "¿cuánto tarda el envío a Canarias?", "pago-metodos"),
        ("y cómo gano puntos?", "es", "¿cuánto tarda el envío a Sevilla?", "club-puntos"),
        ("¿y cómo limpio el robot?", "es", "¿cada cuánto descalcifico la cafetera?", "lince-r3-mantenimiento"),
        ("how do I get an invoice?", "en", "is the shop open on Saturday?", "factura"),
        ("¿cuántos vatios tiene?", "es", "¿cómo limpio la fragua?", ""),
        ("and do you sell bicycles?", "en", "how long is the warranty?", ""),
    ],
)
def test_a_question_with_a_subject_of_its_own_keeps_it(
    demo: None, text: str, language: str, before: str, expected: str
) -> None:
    assert slug(ask(text, language, before)) == expected


def test_a_chain_of_questions_keeps_the_first_ones_words(demo: None) -> None:
    first = ask("¿cuánto cuesta el envío a Mallorca?", "es")
    second = ask("y a Canarias?", "es", first.asked)
    third = ask("y a Francia?", "es", second.asked)
    fourth = ask("¿y a Viena?", "es", third.asked)

    assert first.asked == "¿cuánto cuesta el envío a Mallorca?"
    assert second.asked.splitlines() == [first.asked, "y a Canarias?"]
    assert [slug(each) for each in (third, fourth)] == ["envio-coste", "envio-coste"]
    assert third.asked.splitlines()[0] == fourth.asked.splitlines()[0] == first.asked
    assert len(fourth.asked.splitlines()) <= 3


def test_what_is_refused_in_a_chain_does_not_end_it(demo: None) -> None:
    first = ask("¿enviáis a Francia?", "es")
    refused = ask("¿y en helicóptero?", "es", first.asked)
    after = ask("¿y a Italia?", "es", refused.asked)

    assert not refused.found
    assert slug(after) == "envio-plazos"


@pytest.mark.parametrize(
    ("text", "language", "about"),
    [
        ("can I get the Eco B2 wet?", "en", ()),
        ("does the Eco B2 work underwater?", "en", ()),
        ("are they waterproof?", "en", ("EB2",)),
        ("los auriculares se pueden mojar?", "es", ()),
        ("¿puedo ducharme con los cascos puestos?", "es", ()),
    ],
)
def test_a_question_about_a_product_is_answered_by_its_section(
    demo: None, text: str, language: str, about: tuple[str, ...]
) -> None:
    found = ask(text, language, about=about)

    assert slug(found) == "eco-b2-no-carga"
    assert "IPX4" in found.text


@pytest.mark.parametrize(
    ("text", "language", "about"),
    [
        ("¿la batidora va al lavavajillas?", "es", ()),
        ("can I put the hair dryer in the dishwasher?", "en", ()),
        ("¿va al lavavajillas?", "es", ("TT1",)),
    ],
)
def test_an_article_about_other_products_never_answers(
    demo: None, text: str, language: str, about: tuple[str, ...]
) -> None:
    assert slug(ask(text, language, about=about)) not in ("fragua-5l-limpieza", "chispa-2-limpieza")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("komo se linpia la friedora", "es", "fragua-5l-limpieza"),
        ("q plaso tngo pa debolver", "es", "devoluciones-plazo"),
        ("kiero una faktura", "es", "factura"),
        ("hwo do i conect teh headfones", "en", "eco-b2-emparejar"),
        ("waranty lenght", "en", "garantia-duracion"),
        ("can i pay in instalmets", "en", "pago-plazos"),
        ("kuanto pesa la cafetera", "es", ""),
        ("does the robbot mopp", "en", ""),
    ],
)
def test_slips_are_read_as_they_were_meant(demo: None, text: str, language: str, expected: str) -> None:
    assert slug(ask(text, language)) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿puedo entrar con mi perro en la tienda?", "es"),
        ("quiero hablar con el director", "es"),
        ("who is the CEO of the company?", "en"),
        ("who's the president of France?", "en"),
        ("do you sell phone chargers", "en"),
    ],
)
def test_another_word_is_no_slip(demo: None, text: str, language: str) -> None:
    assert respelt(corpus.current(), text, language) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how do I descale my kettle", "en"),
        ("¿cada cuánto se descalcifica una plancha de vapor?", "es"),
        ("mi cafetera Nespresso da error", "es"),
        ("my Dyson keeps cutting out", "en"),
    ],
)
def test_a_guide_never_answers_for_an_appliance_of_others(demo: None, text: str, language: str) -> None:
    assert not ask(text, language).found


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("¿Enviáis a México?", "es", "solo enviamos"),
        ("can you post it to India?", "en", "only"),
        ("¿y a Marruecos?", "es", "solo enviamos"),
        ("what about sending it to New Zealand?", "en", "only"),
    ],
)
def test_a_place_beyond_the_eu_is_told_that_it_is(demo: None, text: str, language: str, told: str) -> None:
    found = ask(text, language, "¿enviáis a Francia?" if language == "es" else "do you ship to France?")

    assert slug(found) == "envio-plazos"
    assert told in found.text


@pytest.mark.parametrize(
    ("text", "language", "slugs", "said", "unsaid"),
    [
        ("what are your opening hours?", "en", {"tiendas-horarios", "contacto"}, "Barcelona", "Shop: Valencia"),
        ("what are 250 points worth?", "en", {"club-puntos"}, "€5", "Purchase:"),
        ("¿qué temperatura para las patatas fritas?", "es", {"fragua-5l-tiempos"}, "Patatas fritas", "Croquetas"),
        ("delivery to Portugal, how long?", "en", {"envio-plazos"}, "2–3", "→"),
    ],
)
def test_a_row_is_told_only_where_the_question_names_it(
    demo: None, text: str, language: str, slugs: set[str], said: str, unsaid: str
) -> None:
    found = ask(text, language)

    assert slug(found) in slugs
    assert said in found.text and unsaid not in found.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("do you deliver to Finland?", "en"),
        ("can I have it sent to Stockholm?", "en"),
        ("enviáis a Bélgica?", "es"),
        ("¿mandáis cosas a Viena?", "es"),
    ],
)
def test_every_country_of_the_eu_is_sent_to(demo: None, text: str, language: str) -> None:
    found = ask(text, language)

    assert slug(found) in ("envio-plazos", "envio-coste")
    assert "EU" in found.text or "Unión Europea" in found.text


@pytest.mark.parametrize("text", ["¿Quién es el presidente de Francia?", "¿qué tal se come en Valencia?"])
def test_a_place_alone_asks_nothing_of_the_shop(demo: None, text: str) -> None:
    assert not ask(text, "es").found
