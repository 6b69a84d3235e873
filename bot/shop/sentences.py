"""`sentences.yml`: what a customer is told about a decision, in Spanish and English, filled with its facts."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Self

from pydantic import Field, model_validator

from bot.shop.decisions.decision import Decision, LineDecision
from bot.shop.marked_yaml import load
from bot.shop.policy_rules import Strict
from bot.shop.rulebook import Rulebook
from bot.shop.rulebook import current as current_rules

PATH = Path(__file__).with_name("sentences.yml")
# fmt: off
KNOWN = frozenset({
    "order", "products", "refused_products", "delivered", "deadline", "refund", "shipping_refund", "refund_latest",
    "return_price", "credit", "credit_until", "hours", "last_movement", "still_days", "address",
})
MONTHS = {
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}
# fmt: on


class Sentence(Strict):
    es: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.es

    @model_validator(mode="after")
    def names_are_known(self) -> Self:
        unknown = {name for text in (self.es, self.en) for _, name, _, _ in Formatter().parse(text) if name} - KNOWN
        if unknown:
            raise ValueError(f"{sorted(unknown)} cannot be filled in; a sentence may name {sorted(KNOWN)}")
        return self


class Sentences(Strict):
    reasons: dict[str, Sentence]
    safety: dict[str, Sentence]
    steps: dict[str, Sentence]


@lru_cache(maxsize=1)
def current() -> Sentences:
    """The shop's own sentences, read once per process. Raises FileMistake."""
    return load(PATH, Sentences)


def day(value: date, language: str) -> str:
    """A day in words: "31 de enero de 2027", "31 January 2027"."""
    month = MONTHS["en" if language == "en" else "es"][value.month - 1]
    return f"{value.day} {month} {value.year}" if language == "en" else f"{value.day} de {month} de {value.year}"


def money(value: Decimal, language: str) -> str:
    """Euros: "4,95 €" (gratis for nothing), "€4.95" (free)."""
    if value == 0:
        return "free" if language == "en" else "gratis"
    return f"€{value:.2f}" if language == "en" else f"{value:.2f}".replace(".", ",") + " €"


def word(value: object, language: str) -> str:
    if isinstance(value, Decimal):
        return money(value, language)
    return day(value, language) if isinstance(value, date) else str(value)


def reason(decision: Decision, language: str, *, order: str = "", delivered: date | None = None) -> str:
    """Why, in one or two sentences. A pending decision tells only that a person decides, never the proposal."""
    if decision.needs_person:
        return clause(decision.clause, language)
    texts = current().reasons
    code = decision.reason_code
    keys = (f"{code}.{decision.kind}", f"{code}.{decision.outcome}", code)
    text = next(texts[key] for key in keys if key in texts)
    return _fill(text, decision, language, order, delivered)


def safety(kind: str, language: str) -> str:
    """What to do at once in that kind of danger (`understand.danger_kind`)."""
    return current().safety[kind].in_language(language)


def steps(decision: Decision, language: str, *, order: str = "", delivered: date | None = None) -> list[str]:
    """What happens next, one sentence a step, in order."""
    return [_fill(current().steps[key], decision, language, order, delivered) for key in decision.next_steps]


def clause(clause_id: str, language: str, book: Rulebook | None = None) -> str:
    """The sentence of a policy clause with its numbers. Raises KeyError for an unknown clause."""
    rule = (book or current_rules()).policies.rule(clause_id)
    text = rule.en if language == "en" else rule.es
    return text.format(**{name: word(getattr(rule, name), language) for name in type(rule).model_fields})


def products(lines: tuple[LineDecision, ...], language: str) -> str:
    """ "2 × Cabezales Marea (4), Fragua 5L"."""
    counted: Counter[str] = Counter()
    for line in lines:
        counted[line.sku] += line.qty
    catalogue = current_rules().catalogue
    named = ((catalogue.get(sku).called(language), qty) for sku, qty in counted.items())
    return ", ".join(f"{qty} × {name}" if qty > 1 else name for name, qty in named)


def _fill(sentence: Sentence, decision: Decision, language: str, order: str, delivered: date | None) -> str:
    values = {name: word(value, language) for name, value in _values(decision, order, delivered).items()}
    granted = tuple(line for line in decision.lines if line.outcome != "refused") or decision.lines
    refused = tuple(line for line in decision.lines if line.outcome == "refused")
    values["products"] = products(granted, language)
    values["refused_products"] = products(refused, language)
    text = sentence.in_language(language).format_map(values)
    return text[:1].upper() + text[1:]


def _values(decision: Decision, order: str, delivered: date | None) -> Mapping[str, object]:
    values: dict[str, object] = {"order": order, **decision.values}
    if delivered:
        values["delivered"] = delivered
    if decision.deadline:
        values["deadline"] = decision.deadline
    if decision.refund:
        values |= {"refund": decision.refund.total, "shipping_refund": decision.refund.shipping}
        values["refund_latest"] = decision.refund.latest_on
    if decision.shipping:
        values["return_price"] = decision.shipping.price
    return values
