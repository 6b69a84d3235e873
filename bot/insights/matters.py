"""What an episode was about: product, lot and problem, from the cases and articles that its events name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.shop.clock import shop_day
from bot.shop.models import Case, CaseItem
from knowledge.models import ArticlePage

FAULTS = frozenset({"warranty", "damaged", "recall"})


@dataclass(frozen=True)
class Matter:
    """`problem` is the part that failed (`pump`), a kind of case (`lost_parcel`) or an article's slug; `fault` tells
    whether something failed or arrived broken."""

    product: str = ""
    lot: str = ""
    problem: str = ""
    fault: bool = False
    owned_since: date | None = None


NOTHING = Matter()


def told(matter: Matter) -> dict[str, object]:
    """A matter as an event can keep it when its case no longer may be named: since the month, not the day, because
    few orders of a product are delivered on one day."""
    since = matter.owned_since.replace(day=1).isoformat() if matter.owned_since else ""
    return {"product": matter.product, "problem": matter.problem, "fault": matter.fault, "owned_since": since}


def read(kept: dict[str, Any]) -> Matter:
    """What `told` kept."""
    since = date.fromisoformat(kept["owned_since"]) if kept.get("owned_since") else None
    return Matter(kept.get("product", ""), "", kept.get("problem", ""), bool(kept.get("fault")), since)


def of_cases(numbers: Iterable[str]) -> dict[str, Matter]:
    """The matter of each case by its number."""
    wanted = list(set(numbers))
    found: dict[str, Matter] = {}
    for start in range(0, len(wanted), 500):
        items = CaseItem.objects.filter(case__number__in=wanted[start : start + 500]).order_by("pk")
        for number, kind, inputs, sku, lot, delivered in items.values_list(
            "case__number", "case__kind", "case__inputs", "item__sku", "item__lot", "case__order__delivered_at"
        ):
            found.setdefault(number, Matter(sku, lot, _problem(kind, inputs), kind in FAULTS, _day(delivered)))
        bare = Case.objects.filter(number__in=wanted[start : start + 500])
        for number, kind in bare.values_list("number", "kind"):
            found.setdefault(number, Matter(problem=kind))
    return found


def _day(moment: datetime | None) -> date | None:
    return shop_day(moment) if moment else None


def _problem(kind: str, inputs: dict[str, object]) -> str:
    fault = inputs.get("fault")
    if kind == "warranty" and isinstance(fault, dict):
        return str(fault.get("part") or "other")
    return kind


def products_of_articles() -> dict[str, str]:
    """The (first) product of each article that is about products."""
    pages = ArticlePage.objects.values_list("slug", "products")
    return {slug: products.split(",")[0].strip() for slug, products in pages if products}


def matter_of(
    cases: list[str], articles: list[str], known_cases: dict[str, Matter], products: dict[str, str]
) -> Matter:
    """The last case decides; where there is none, the first article that was quoted."""
    for number in reversed(cases):
        if number in known_cases:
            return known_cases[number]
    if articles:
        return Matter(product=products.get(articles[0], ""), problem=articles[0])
    return NOTHING
