"""What customers ask about prices, in Spanish and English."""

import pytest

from bot.shop.understand import only_names, priced


@pytest.mark.parametrize(("text", "skus"), [
    ("¿cuánto cuesta la Brasa?", ["BR20"]), ("how much is the air fryer?", ["FR5"]), ("q vale la freidora", ["FR5"]),
    ("precio del termostato porfa", ["TT1"]), ("What does the Templa cost?", ["TT1"]),
    ("¿A cuánto tenéis los auriculares?", ["EB2"]), ("how much do you charge for the blender", ["VX12"]),
    ("cuanto cuestan la tostadora, el secador y los cascos?", ["CH2", "AL1", "EB2"]),
    ("I'm thinking of getting a toaster for my mum, how much is it?", ["CH2"]),
    ("¿cuánto vale la cafetera?", ["BR20", "BR20-R"]), ("how much would a refurbished Brasa be?", ["BR20-R"]),
    ("cuanto vale la freidroa", ["FR5"]), ("¿y cuánto cuesta?", []), ("how much is it", []),
])  # fmt: skip
def test_a_price_that_is_asked(text: str, skus: list[str]) -> None:
    assert priced(text) == skus


@pytest.mark.parametrize("text", [
    "¿cuánto cuesta el envío de la tostadora?", "cuánto cuesta devolver la Brasa", "how much does the robot weigh",
    "cuánto cuesta reparar la cafetera", "how much is a filter for the robot", "¿cuánto cuesta la bomba de la Brasa?",
    "Quiero devolver la tostadora. ¿Cuánto cuesta?", "¿Cuánto cuesta el Lince en dólares?",
    "¿cuánto os cuesta fabricar una cafetera?", "tengo una peluquería y quiero 12 secadores, precio?",
    "how much coffee for the espresso machine", "do I get the price of the toaster back", "¿cuánto le costó a mi tía?",
    "¿cuánto cuesta una lavadora?", "¿Cuánto vale mi Vórtice de hace dos años en Wallapop?", "cuánto tarda la Brasa",
])  # fmt: skip
def test_what_is_not_the_price_of_a_product(text: str) -> None:
    assert not priced(text)


@pytest.mark.parametrize(("text", "names"), [
    ("¿y la tostadora?", True), ("and the toaster?", True), ("y la Fragua y el secador?", True),
    ("¿y la garantía?", False), ("and the toaster's warranty?", False),
])  # fmt: skip
def test_a_text_of_names_alone(text: str, names: bool) -> None:
    assert only_names(text) is names
