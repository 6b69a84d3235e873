"""Grouping by meaning, measured on labelled paraphrases: few gaps are torn apart, and next to none are mixed."""

from __future__ import annotations

import itertools

import pytest

from knowledge import products, remembered
from knowledge.gaps import SAME_MEANING

PARAPHRASES = [
    [("¿Vendéis lavadoras?", "es"), ("tenéis lavadoras?", "es"), ("quiero comprar una lavadora, ¿las tenéis?", "es")],
    [("¿Enviáis a Marruecos?", "es"), ("hacéis envíos a Marruecos", "es"), ("do you ship to Morocco?", "en")],
    [("¿Puedo pagar con bitcoin?", "es"), ("aceptáis criptomonedas?", "es"), ("can I pay with bitcoin?", "en")],
    [("¿Tenéis aparcamiento en la tienda?", "es"), ("hay parking en la tienda", "es"), ("is there parking?", "en")],
    [("¿Hacéis descuento a estudiantes?", "es"), ("soy estudiante, ¿tengo descuento?", "es")],
    [("¿Admitís perros en la tienda?", "es"), ("puedo entrar con mi perro", "es"), ("are dogs allowed?", "en")],
    [("¿El robot aspirador funciona con Alexa?", "es"), ("compatible con Alexa el Lince", "es")],
    [("¿La cafetera funciona con Alexa?", "es"), ("is the coffee machine compatible with Alexa?", "en")],
    [("¿Puedo alquilar una cafetera?", "es"), ("¿alquiláis cafeteras para eventos?", "es")],
    [("¿Cómo envío mi currículum?", "es"), ("¿dónde mando mi currículum para trabajar?", "es")],
    [("¿Dais clases de cocina?", "es"), ("hacéis cursos de cocina con la Fragua", "es")],
]


@pytest.mark.django_db
def test_paraphrases_come_together_and_different_questions_stay_apart() -> None:
    asked = [(group, text, language) for group, texts in enumerate(PARAPHRASES) for text, language in texts]
    told = [products.neutral(text, language) for _group, text, language in asked]
    matrix = remembered.compared([text for text, _named in told])
    cosines = matrix @ matrix.T
    together = {True: [], False: []}
    for i, j in itertools.combinations(range(len(asked)), 2):
        apart = told[i][1] and told[j][1] and not told[i][1] & told[j][1]
        together[asked[i][0] == asked[j][0]].append(cosines[i, j] >= SAME_MEANING and not apart)

    assert sum(together[True]) / len(together[True]) >= 0.7
    assert sum(together[False]) / len(together[False]) <= 0.02
