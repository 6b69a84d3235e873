"""What the words tell of a request that has been decided already."""

from __future__ import annotations

from typing import Any

import pytest

from actions import again


@pytest.mark.parametrize(("text", "flow", "told"), [
    ("en realidad solo devuelvo una bolsa", "return", {"quantity": 1}),
    ("actually make that one bag", "return", {"quantity": 1}),
    ("solo la he usado una vez", "return", {"quantity": None}),
    ("de las tres cafeteras solo devolvemos una", "return", {"quantity": 1}),
    ("sorry, I'll drop it off myself", "return", {"pickup": False}),
    ("it's not faulty, I just don't want it", "return", {"reason": "changed_mind"}),
    ("perdona, en realidad no la he descalcificado nunca", "warranty", {"descaled": False}),
    ("al final prefiero que lo reparéis", "warranty", {"resolution": "repair"}),
    ("solo la freidora, los cabezales no", "return", {"product": ["FR5"]}),
    ("perdón, el pedido entero", "return", {"product": ["all"]}),
    ("sí", "return", {"condition": None, "pickup": None}), ("no", "warranty", {"descaled": None}),
])  # fmt: skip
def test_facts_are_read_from_a_correction(text: str, flow: str, told: dict[str, Any]) -> None:
    found = again.retold(text, flow)
    assert {name: found.get(name) for name in told} == told


def test_the_seal_is_told_by_its_own_words_only() -> None:
    assert "condition" in again.retold("pero sí está precintado", "return")
    assert "condition" not in again.retold("sí, claro", "return")
