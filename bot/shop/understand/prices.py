"""What a product costs to buy, asked in so many words: neither what sending or mending it costs, nor what it cost."""

import re

from bot.shop.understand.lexicon import words
from bot.shop.understand.products import products, without_products
from bot.shop.understand.text import has

CLAUSE = re.compile(r"[.;:!?¿¡,\n]+")


def priced(text: str) -> list[str] | None:
    """The products whose price the text asks for; empty where it names none ("¿y cuánto cuesta?"), None where it asks
    for no price, or for anything else with it ("¿cuánto cuesta el envío de la tostadora?")."""
    clauses = [part for part in CLAUSE.split(text) if part.strip()]
    asking = [part for part in clauses if _asks(part)]
    if not asking:
        return None
    named = products(" y ".join(asking))
    beside = [part for part in clauses if part not in asking and (only_names(part) or _wants_one(part))]
    if not named and len(asking) + len(beside) < len(clauses):
        return None
    return list(dict.fromkeys([*named, *(sku for part in beside for sku in products(part))]))


def only_names(text: str) -> bool:
    """Whether the text names products and says nothing else: "¿y la tostadora?", "hi", "and for the toaster?"."""
    rest = words("price_around").sub(" ", without_products(text))
    return not re.search(r"\w", rest)


def _asks(clause: str) -> bool:
    """Whether a clause asks for a price, and all else in it are products and words that mean nothing here."""
    rest = without_products(clause)
    asked = words("price_asked")
    return has(rest, asked) and only_names(asked.sub(" ", rest))


def _wants_one(clause: str) -> bool:
    return has(without_products(clause), words("price_wanted"))
