"""The articles tell the numbers that the shop decides with, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.conf import settings

from knowledge import articlefile
from tests.knowledge.conftest import ARTICLES

P: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "bot" / "shop" / "policies.yml").read_text(encoding="utf-8"))
ZONES = P["shipping"]["prices"]["zones"]
COMMERCIAL = {entry["sku"]: entry["years"] for entry in P["warranty"]["commercial"]}
LEGAL = P["warranty"]["legal"]["years"]


def euros(amount: float) -> tuple[str, str]:
    """An amount as Spanish and English articles write it."""
    short = f"{amount:.2f}".removesuffix(".00")
    return f"{short.replace('.', ',')} €", f"€{short}"


def days(zone: str) -> tuple[str, str]:
    span = rf"{ZONES[zone]['days_min']}\D{{1,4}}{ZONES[zone]['days_max']}"
    return span, span


def both(number: object, es: str, en: str) -> tuple[str, str]:
    return f"{number} {es}", f"{number}[ -]{en}"


FACTS: list[tuple[str, tuple[str, str]]] = [
    ("devoluciones-plazo", both(P["returns"]["window"]["days"], "días", "days")),
    ("devolucion-navidad", ("15 de noviembre", "15 November")),
    ("devolucion-navidad", ("31 de enero", "31 January")),
    ("devoluciones-coste", euros(P["return_shipping"]["pickup"]["price"])),
    ("devoluciones-coste", both(P["refunds"]["original_shipping"]["days"], "días", "days")),
    ("devoluciones-excepciones", ("higiene|precint", "hygiene|seal")),
    ("devoluciones-excepciones", ("tarjetas? regalo", "gift card")),
    ("reembolso-plazo", both(P["refunds"]["timing"]["working_days"], "días hábiles", "working days")),
    ("reembolso-plazo", both(P["refunds"]["timing"]["latest_days"], "días", "days")),
    ("reembolso-plazo", ("mismo día", "same day")),
    ("cambios", (f"{P['exchange']['terms']['bonus_percent']} %", f"{P['exchange']['terms']['bonus_percent']} ?%")),
    ("cambios", both(P["exchange"]["terms"]["credit_months"], "meses", "months")),
    ("llego-danado", both(P["arrival"]["window"]["days"], "días", "days")),
    ("producto-equivocado", both(P["arrival"]["window"]["days"], "días", "days")),
    ("garantia-duracion", both(LEGAL["new"], "años", "years")),
    ("garantia-duracion", both(LEGAL["refurbished"], "años", "years")),
    ("garantia-reacondicionados", both(LEGAL["refurbished"], "años", "years")),
    ("garantia-comercial", both(COMMERCIAL["VX12"], "años", "years?")),
    ("garantia-comercial", both(COMMERCIAL["BR20"], "años", "years?")),
    ("garantia-exclusiones", both(P["warranty"]["wear_parts"]["battery_months"], "meses", "months")),
    ("garantia-exclusiones", both(P["warranty"]["limescale"]["first_descale_days"], "días", "days")),
    ("reparacion-plazo", both(P["warranty"]["turnaround"]["working_days"], "días hábiles", "working days")),
    ("reparacion-plazo", both(P["warranty"]["turnaround"]["remedy_days"], "días", "days")),
    ("recall-chispa-2", (P["recall"]["lots"]["lots"][0], P["recall"]["lots"]["lots"][0])),
    ("recall-chispa-2", (P["recall"]["lots"]["lots"][-1], P["recall"]["lots"]["lots"][-1])),
    ("envio-perdido", both(P["parcel"]["no_movement"]["working_days"], "días", "working days")),
    ("envio-perdido", both(P["parcel"]["no_movement"]["answer_hours"], "horas", "hours")),
    ("envio-coste", euros(P["shipping"]["prices"]["free_from"])),
    ("envio-coste", euros(ZONES["mainland"]["price"])),
    ("envio-coste", euros(ZONES["eu"]["price"])),
    ("envio-canarias", euros(ZONES["canaries"]["price"])),
    ("envio-canarias", days("canaries")),
    ("envio-plazos", days("balearics")),
    ("envio-plazos", days("portugal")),
    ("envio-plazos", days("eu")),
    ("pedido-cancelar", both(P["changes"]["cancel"]["hours"], "horas", "hours")),
    ("pago-metodos", both(P["payments"]["methods"]["transfer_days"], "días", "days")),
    ("pago-plazos", euros(P["payments"]["instalments"]["from_euros"])),
    ("factura", both(P["payments"]["invoice"]["days"], "días", "days")),
    ("tarjeta-regalo", both(P["payments"]["gift_card"]["years"], "años", "years")),
    (
        "tarjeta-regalo",
        (rf"{P['payments']['gift_card']['maximum']:.0f} €", rf"{P['payments']['gift_card']['maximum']:.0f}"),
    ),
    ("club-puntos", both(P["club"]["points"]["voucher_points"], "puntos", "points")),
    ("club-puntos", both(P["club"]["points"]["expire_months"], "meses", "months")),
    ("club-amigo", euros(P["club"]["friend"]["reward"])),
    ("club-amigo", euros(P["club"]["friend"]["first_order_from"])),
    ("repuestos", both(P["service"]["spare_parts"]["years"], "años", "years")),
    ("privacidad-datos", both(P["service"]["privacy"]["days"], "días", "days")),
    ("contacto", (P["contact"]["phone"], P["contact"]["phone"])),
    ("contacto", (P["contact"]["email"], P["contact"]["email"])),
    ("contacto", (P["hours"]["team"]["week"]["saturday"]["closes"], P["hours"]["team"]["week"]["saturday"]["closes"])),
    ("tiendas-horarios", (P["hours"]["shops"]["week"]["saturday"]["closes"],) * 2),
    *(("tiendas-horarios", (shop["address"], shop["address"])) for shop in P["contact"]["shops"]),
]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_articles_tell_the_numbers_of_the_policies(language: str) -> None:
    untold = []
    for slug, patterns in FACTS:
        article = articlefile.read(ARTICLES / language / f"{slug}.md")
        text = " ".join(f"{article.answer} {article.body}".replace("*", "").split())
        pattern = patterns[("es", "en").index(language)]
        if not re.search(pattern, text, re.IGNORECASE):
            untold.append((slug, pattern))

    assert untold == []


def test_every_article_exists_in_both_languages() -> None:
    names = [{path.name for path in (ARTICLES / language).glob("*.md")} for language in ("es", "en")]

    assert names[0] == names[1]
    assert {f"{slug}.md" for slug, _patterns in FACTS} <= names[0]
