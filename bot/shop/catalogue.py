"""`catalogue.yml`: what the shop sells, as typed and checked products."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.shop.marked_yaml import load
from bot.shop.policy_rules import Money, Part, Strict

PATH = Path(__file__).with_name("catalogue.yml")

type Language = Literal["es", "en"]


class Names(Strict):
    es: str
    en: str


class Words(Strict):
    es: list[str]
    en: list[str]


class Product(Strict):
    """One product. `name` is what we call it, `names` what customers do, `generic` its kind of appliance."""

    sku: str = Field(pattern=r"^[A-Z0-9]+(-R)?$")
    name: str | Names
    kind: str
    price: Money | None
    refurbished: bool = False
    hygiene: bool = False
    food: bool = False
    gift_card: bool = False
    personalised: bool = False
    waterproof: bool = False
    parts: list[Part] = []
    names: Words
    generic: Words

    def called(self, language: str) -> str:
        """The product's name in a language (`es` unless it is `en`)."""
        if isinstance(self.name, str):
            return self.name
        return self.name.en if language == "en" else self.name.es


class Catalogue(Strict):
    """`not_sold` and `other_makes` are of appliances that others sell; the articles are told apart from those."""

    products: list[Product]
    not_sold: Words = Words(es=[], en=[])
    other_makes: list[str] = []

    def __iter__(self) -> Iterator[Product]:  # type: ignore[override]
        return iter(self.products)

    def get(self, sku: str) -> Product:
        """Raises KeyError naming the sku."""
        for product in self.products:
            if product.sku == sku:
                return product
        raise KeyError(f"catalogue.yml has no product '{sku}'")

    @model_validator(mode="after")
    def skus_are_unique(self) -> Self:
        skus = [product.sku for product in self.products]
        repeated = {sku for sku in skus if skus.count(sku) > 1}
        if repeated:
            raise ValueError(f"these skus appear twice: {sorted(repeated)}")
        return self


def read(path: Path = PATH) -> Catalogue:
    """The products of a file. Raises FileMistake naming the line."""
    return load(path, Catalogue)


@lru_cache(maxsize=1)
def current() -> Catalogue:
    """The shop's own catalogue, read once per process."""
    return read()
