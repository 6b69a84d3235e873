"""What products cost: told from the shop's catalogue, which is the source of every price."""

from __future__ import annotations

from collections.abc import Iterable

from bot.shop import understand
from bot.shop.catalogue import Product
from bot.shop.rulebook import current
from bot.shop.sentences import money


def asked(question: str, before: str) -> list[Product]:
    """The products whose price a question asks for by name, also as "¿y la tostadora?" after the price of another.

    `before`: the question before it.
    """
    skus = understand.priced(question)
    if skus is None and understand.only_names(question) and understand.priced(before) is not None:
        skus = understand.products(question)
    return with_price(skus or ())


def asked_without_name(question: str) -> bool:
    """ "¿Y cuánto cuesta?" """
    return understand.priced(question) == []


def with_price(skus: Iterable[str]) -> list[Product]:
    return [product for product in map(current().catalogue.get, skus) if product.price is not None]


def told(products: Iterable[Product], language: str) -> str:
    """ "Brasa 20: 249,00 €; Brasa 20 reacondicionada: 169,00 €"."""
    priced = [(each.called(language), each.price) for each in products if each.price is not None]
    return "; ".join(f"{name}: {money(price, language)}" for name, price in priced)
