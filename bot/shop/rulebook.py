"""Policies and catalogue together, checked against each other: all that a decision reads besides the order."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from bot.shop import catalogue, policies
from bot.shop.catalogue import Catalogue
from bot.shop.marked_yaml import FileMistake
from bot.shop.policies import Policies


@dataclass(frozen=True)
class Rulebook:
    policies: Policies
    catalogue: Catalogue

    @property
    def fingerprint(self) -> str:
        """Changes whenever a number, a sentence or a product does; stored with every case."""
        text = self.policies.model_dump_json() + self.catalogue.model_dump_json()
        return sha256(text.encode()).hexdigest()[:16]


def check(book: Rulebook) -> None:
    """Raises FileMistake when a rule names a product that the catalogue does not have."""
    known = {product.sku for product in book.catalogue}
    for clause, sku in _skus_named(book.policies):
        if sku not in known:
            raise FileMistake(
                f"policies.yml line {_line_of(clause)}: {clause} names the product '{sku}', which catalogue.yml "
                f"does not have. Correct the sku or add the product."
            )


def _skus_named(rules: Policies) -> Iterator[tuple[str, str]]:
    for several in (rules.warranty.limescale, rules.warranty.immersion):
        yield from ((several.id, sku) for sku in several.skus)
    yield rules.recall.lots.id, rules.recall.lots.sku
    yield from ((warranty.id, warranty.sku) for warranty in rules.warranty.commercial)


def _line_of(clause: str) -> int:
    lines = policies.PATH.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.rstrip().endswith(f"id: {clause}")), 1)


@lru_cache(maxsize=1)
def current() -> Rulebook:
    """The shop's own rules, read and checked once per process. Raises FileMistake."""
    book = Rulebook(policies.current(), catalogue.current())
    check(book)
    return book
