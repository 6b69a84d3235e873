"""How a question is read before it is searched: its products, its last sentence, and what it leans on."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge import fitting, metric, places, products, quoting, scoring, wording
from knowledge.scoring import TEXT, WORDING, Nearest, Sizes
from knowledge.spelling import Spelling
from knowledge.wording import Leaning


@pytest.mark.parametrize(
    ("text", "language", "told", "named"),
    [
        ("¿la tostadora está en garantía?", "es", "¿la producto está en garantía?", {"CH2"}),
        ("mi Vórtice 1200 no arranca", "es", "mi producto no arranca", {"VX12"}),
        ("my hairdryers and the AIR FRYER", "en", "my product and the product", {"AL1", "FR5"}),
        ("¿se puede devolver el café abierto?", "es", "¿se puede devolver el café abierto?", set()),
        ("¿cuánto vale la tarjeta regalo?", "es", "¿cuánto vale la tarjeta regalo?", set()),
        ("la recafetera del robotín", "es", "la recafetera del robotín", set()),
    ],
)
def test_appliances_lose_their_names(text: str, language: str, told: str, named: set[str]) -> None:
    assert products.neutral(text, language) == (told, frozenset(named))


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_products(text: str) -> None:
    told, named = products.neutral(text, "es")

    assert len(products.plain(text)) == len(text)
    assert named or told == text


def test_a_shop_without_a_catalogue_names_no_products(tmp_path: Path) -> None:
    assert products.read(tmp_path / "none.yml").names == {}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("devolver", "devolver"),
        ("debolver", "devolver"),
        ("garnatia", "garantia"),
        ("parking", "parking"),
        ("e3", "e3"),
    ],
)
def test_a_misspelt_word_is_read_as_the_known_one_it_is_most_like(written: str, meant: str) -> None:
    known = Spelling(["devolver", "garantia", "packing", "e4", "envio"])

    assert known.meant(written) == meant


@given(st.text(max_size=30), st.lists(st.text(max_size=12), max_size=8))
def test_a_word_is_read_as_itself_or_as_a_known_one(written: str, stems: list[str]) -> None:
    assert Spelling(stems).meant(written) in {written, *stems}


@pytest.mark.parametrize(
    ("message", "alone"),
    [
        ("¿cuánto cuesta el envío?", []),
        ("Hola. ¿Cuánto cuesta el envío?", []),
        ("Ayer recibí el robot. ¿Cómo lo conecto al wifi? Gracias.", ["¿Cómo lo conecto al wifi?"]),
        ("I bought it last week. It stopped working this morning. No idea why", ["It stopped working this morning."]),
        ("", []),
    ],
)
def test_the_last_question_of_a_message_stands_alone(message: str, alone: list[str]) -> None:
    assert wording.last_question(message) == alone


@pytest.mark.parametrize(
    ("text", "language", "leans"),
    [
        ("¿y a Canarias?", "es", Leaning.BACK),
        ("¿cómo lo arreglo?", "es", Leaning.BACK),
        ("what about refurbished ones?", "en", Leaning.BACK),
        ("can I leave it in a shop?", "en", Leaning.BACK),
        ("¿cuánto valen?", "es", Leaning.PERHAPS),
        ("¿cada cuánto?", "es", Leaning.PERHAPS),
        ("¿caducan?", "es", Leaning.PERHAPS),
        ("how often?", "en", Leaning.PERHAPS),
        ("what do I check?", "en", Leaning.PERHAPS),
        ("¿tenéis coches eléctricos?", "es", Leaning.NOT),
        ("do you sell electric cars?", "en", Leaning.NOT),
        ("¿cuánto tiempo tengo para devolver un producto que compré en la tienda?", "es", Leaning.NOT),
    ],
)
def test_only_an_elliptic_question_leans(text: str, language: str, leans: Leaning) -> None:
    assert wording.leaning(text, language) is leans


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("¿y a Viena?", "es", "¿y a la Unión Europea?"),
        ("a shop in Stockholm?", "en", "a shop in the EU?"),
        ("¿y a Palma de Mallorca?", "es", "¿y a Baleares?"),
        ("do you ship to Mexico?", "en", "do you ship to outside the EU?"),
        ("¿mandáis a Cuba?", "es", "¿mandáis a fuera de la Unión Europea?"),
        ("¿cuánto cuesta?", "es", "¿cuánto cuesta?"),
    ],
)
def test_a_place_is_called_by_its_zone(text: str, language: str, told: str) -> None:
    assert places.zoned(text, language) == told


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("how do I descale my kettle", True),
        ("mi cafetera Nespresso parpadea", True),
        ("will Oral-B heads fit the Marea", False),
        ("how do I descale my coffee machine", False),
        ("I clean the kettle with citric acid, may I do the same with this one?", False),
        ("¿la cesta va al lavavajillas?", False),
    ],
)
def test_what_others_made_is_told_from_ours(text: str, others: bool) -> None:
    assert products.not_ours(text) is others


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_places(text: str) -> None:
    places.without(text)
    assert places.zoned(text, "es", abroad=True) == text or places.zoned(text, "es") != text


def test_a_shop_without_a_lexicon_names_no_places(tmp_path: Path) -> None:
    assert places.read(tmp_path / "none.yml").zones == {}


@pytest.mark.parametrize(
    ("line", "links", "left"),
    [
        ("El dinero llega en 5 días (plazos del reembolso).", {"plazos del reembolso"}, "El dinero llega en 5 días."),
        ("Los hay a la vuelta: lee Reciclaje.", {"Reciclaje"}, "Los hay a la vuelta."),
        ("Cuesta 5 €. Para saber más, lee Gastos de envío.", {"Gastos de envío"}, "Cuesta 5 €."),
        ("If it is late, see Tracking an order.", {"Tracking an order"}, ""),
        ("Pide la garantía si falla.", {"garantía"}, "Pide la garantía si falla."),
        ("Mira la etiqueta de debajo.", set(), "Mira la etiqueta de debajo."),
    ],
)
def test_an_answer_sends_to_no_article_that_is_not_there(line: str, links: set[str], left: str) -> None:
    assert quoting.without_pointers(line, frozenset(links)) == left


def test_an_article_in_one_language_is_not_behind_for_it() -> None:
    one, none = (1, 1, 0), (0, 0, 0)
    sizes = {"both": Sizes(one, one), "own": Sizes(one, none), "foreign": Sizes(none, one)}
    sorts = np.array([WORDING, TEXT])
    own = Nearest.of((slug, sorts, np.array([0.5, 0.4], np.float32)) for slug in ("both", "own"))
    other = Nearest.of((slug, sorts, np.array([0.4, 0.3], np.float32)) for slug in ("both", "foreign"))
    near = scoring.nearness(own, other, sizes, (0.1, 0.1, 0.1))

    assert near["own"] == pytest.approx(near["both"])
    assert near["foreign"] == pytest.approx(near["both"])


@given(st.lists(st.floats(-1, 1), max_size=12), st.integers(0, 12), st.floats(-1, 1))
def test_a_mean_lies_between_its_values(values: list[float], size: int, floor: float) -> None:
    best = sorted(values, reverse=True)
    found = scoring.mean(best, max(size, len(values)), scoring.TOP, floor)

    assert min([*values, floor]) - 1e-9 <= found <= max([*values, floor]) + 1e-9


def test_known_questions_tell_which_article_a_like_one_belongs_to() -> None:
    directions = np.eye(4, dtype=np.float32)
    told = metric.telling(directions, directions, ["returns", "returns", "warranty", ""])

    said = [told(row, row) for row in directions]

    assert [max(one.articles, key=one.articles.__getitem__) for one in said[:3]] == ["returns", "returns", "warranty"]
    assert said[3].none > 0.5 > max(one.none for one in said[:3])
    none, closer = said[0].about("returns")
    assert none == said[0].none and closer > 0 > said[3].about("returns")[1]
    assert math.isnan(said[0].about("an article of today")[1])


def test_the_kinship_of_an_article_nothing_was_learnt_of_is_guessed_from_how_near_it_is() -> None:
    near = {"old": (0.2, 0.2, 0.2, 0.2), "widened": (0.8, 0.5, 0.5, 0.5), "new": (0.8, 0.5, 0.5, 0.5)}
    found = scoring.kinship({"old": 0.1, "widened": 0.3}, near, {"widened"}, (1.0, 0.0, 0.0, 0.0, -0.1))

    assert found == pytest.approx({"old": 0.1, "widened": 0.7, "new": 0.7})


def test_wordings_of_one_article_move_together() -> None:
    chance = np.random.default_rng(1)
    articles = np.repeat(np.arange(5), 40)
    subject, tone = chance.normal(size=(5, 8)), chance.normal(size=(200, 1)) * np.eye(8)[0] * 6
    vectors = (subject[articles] + tone + chance.normal(size=(200, 8)) * 0.1).astype(np.float32)
    moved = metric.whitening(vectors, articles)(vectors)
    same = np.equal.outer(articles, articles)

    def apart(rows: NDArray[np.float32]) -> float:
        unit = metric.unit(rows)
        return float((unit @ unit.T)[same].mean() - (unit @ unit.T)[~same].mean())

    assert apart(moved) > 2 * apart(vectors - vectors.mean(axis=0))


def test_a_weight_of_the_wrong_sign_is_left_out() -> None:
    answers = {(True, True): np.array([2.0, -1.0]), (True, False): np.array([1.5])}
    found = fitting.agreeing(lambda kept: answers[tuple(kept.tolist())], np.array([1.0, 1.0]))

    assert found.tolist() == [1.5, 0.0]


def test_the_ranking_learns_which_feature_points_to_the_right_article() -> None:
    chance = np.random.default_rng(3)
    right = chance.integers(0, 6, 300)
    features = chance.normal(size=(300, 6, 2))
    features[np.arange(300), right, 0] += 2.0
    features[0, :5] = np.nan
    right[0] = 5
    weights = fitting.listwise(features, right, 1.0)

    assert weights[0] > 1.0
    assert abs(weights[1]) < 0.3
