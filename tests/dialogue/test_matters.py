"""Several wishes in one message: which they are, in order, and what is only one said twice."""

from __future__ import annotations

import pytest

from actions import matters


@pytest.mark.parametrize(("text", "flows"), [
    ("quiero devolver la freidora y además ¿dónde está mi otro pedido?", ["return", "order_status"]),
    ("cancel the blender and send me the invoice of the other one", ["cancel", "invoice"]),
    ("I want to return the dryer. Also, where's my other order?", ["return", "order_status"]),
    ("necesito la factura y cambiar la dirección del otro pedido", ["invoice", "address"]),
    ("quiero devolver los cascos y arreglar la batidora", ["return", "warranty"]),
    ("devolver la freidora LB-10401 y cancelar el LB-10427", ["return", "cancel"]),
])  # fmt: skip
def test_each_wish_is_told_from_the_others(text: str, flows: list[str]) -> None:
    assert [each.flow for each in matters.several(text)] == flows


@pytest.mark.parametrize("text", [
    "quiero cancelar el pedido y que me devolváis el dinero", "cancel my registration and erase my details",
    "quiero devolver el secador o si no cambiarlo por otro", "quiero devolver la freidora",
    "quiero devolver la freidora, ¿dónde está la tienda?", "la cafetera no va, quiero que la reparéis y ya",
])  # fmt: skip
def test_one_matter_is_one(text: str) -> None:
    assert matters.several(text) == []


@pytest.mark.parametrize(("text", "flow"), [
    ("LB-10405 emily.carter@mail.example where is it", "order_status"), ("10421, ¿cuándo llega?", "order_status"),
    ("LB-10410 nerea.e@correo.example", None),
])  # fmt: skip
def test_short_words_beside_an_order_name_the_matter(text: str, flow: str | None) -> None:
    assert matters.named(text) == flow
