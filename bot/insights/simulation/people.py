"""Draws the customers and what they order."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from bot.insights.simulation.plan import (
    CHANNELS,
    EXTRAS,
    LANGUAGES,
    ORDERS_PER_CONVERSATION,
    ORDERS_PER_CUSTOMER,
    SOLD,
    Buyer,
    Plan,
    Purchase,
    Unit,
)

FIRST = {
    "es": "Lucía Marc Carmen Antonio Nerea Iván Rosa Yeray Sofía Pablo Elena Jordi Marta Diego Ainhoa Sergio Laura "
    "Miguel Irene Andrés Paula Javier Noelia Hugo Clara Raúl Alba Óscar Teresa Álvaro",
    "en": "Emily Tom Joana Lars Sophie James Anna Peter Chloe Daniel Maja Liam Emma Noah Julia",
}
LAST = {
    "es": "Romero Vidal Pérez Díaz Santana Gil Morales Ferrer Navarro Ortega Castro Rubio Molina Serrano Iglesias "
    "Cano Prieto Vega Soler Campos Reyes Fuentes Aguilar Peña Cabrera",
    "en": "Carter Becker Ferreira Nielsen Dubois Walker Rossi Novak Meyer Silva Murphy Jansen",
}
ZONES = {"mainland": 0.80, "balearics": 0.05, "canaries": 0.05, "portugal": 0.05, "eu": 0.05}
# Orders by calendar month, January first: sales and Christmas.
SEASON = (1.2, 0.8, 0.9, 0.9, 1.0, 0.95, 1.1, 0.7, 0.9, 1.0, 1.5, 1.6)
HISTORY = timedelta(days=365)


def pick(random: Random, chances: dict[str, float]) -> str:
    return random.choices(list(chances), list(chances.values()))[0]


def buyers(plan: Plan, random: Random) -> list[Buyer]:
    """Who may order; most of them will."""
    count = max(20, round(plan.conversations * ORDERS_PER_CONVERSATION / ORDERS_PER_CUSTOMER * 3))
    found = []
    for number in range(1, count + 1):
        language = pick(random, LANGUAGES)
        name = f"{random.choice(FIRST[language].split())} {random.choice(LAST[language].split())}"
        found.append(Buyer(number, name, language, pick(random, CHANNELS)))
    return found


def purchases(plan: Plan, people: list[Buyer], random: Random) -> list[Purchase]:
    """Orders of the simulated time and of the year before it, in order: what is owned has an age."""
    begin = plan.start - HISTORY
    days = (plan.end - begin).days
    weights = [SEASON[(begin + timedelta(days=day)).month - 1] for day in range(days)]
    count = round(plan.conversations * ORDERS_PER_CONVERSATION * days / max(1, (plan.end - plan.start).days))
    # Some customers buy again and again, most once or twice.
    keen = [random.expovariate(1.0) + 0.15 for _ in people]
    chosen = random.choices(people, keen, k=count)
    found = [
        _purchase(buyer, begin + timedelta(days=day, seconds=random.uniform(8, 23) * 3600), random)
        for buyer, day in zip(chosen, random.choices(range(days), weights, k=count), strict=True)
    ]
    return sorted(found, key=lambda purchase: purchase.ordered_at)


def _purchase(buyer: Buyer, at: datetime, random: Random) -> Purchase:
    zone = pick(random, ZONES)
    delivery = timedelta(days=random.uniform(1, 2) if zone == "mainland" else random.uniform(3, 7))
    sku = pick(random, {sku: float(sold) for sku, sold in SOLD.items()})
    units = [Unit(sku, 2 if random.random() < 0.04 else 1, lot_of(sku, at, random))]
    units += [Unit(extra, random.randint(1, 3), "") for extra, chance in EXTRAS.items() if random.random() < chance]
    return Purchase(buyer, at, at + delivery, zone, units)


def lot_of(sku: str, ordered_at: datetime, random: Random) -> str:
    """A lot is a month's production, and lies in the warehouse for up to two months: `EB2-26C` is March 2026."""
    made = ordered_at - timedelta(days=random.uniform(10, 60))
    return f"{sku}-{made:%y}{'ABCDEFGHIJKL'[made.month - 1]}"


def small_order(buyer: Buyer, at: datetime) -> Purchase:
    """What somebody orders who comes back."""
    return Purchase(buyer, at, at + timedelta(days=2), "mainland", [Unit("CAF", 2, "")])
