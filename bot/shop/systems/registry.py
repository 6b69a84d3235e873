"""The shop systems there are, by the name that SHOP_SYSTEM gives. To add one, write a file and a line here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings

from bot.shop.clock import shop_zone
from bot.shop.systems.base import ShopSystem


class NotConfigured(LookupError):
    """SHOP_SYSTEM names a system whose settings are missing, or none that there is."""


def _needed(*names: str) -> list[str]:
    if missing := [name for name in names if not getattr(settings, name)]:
        raise NotConfigured(f"SHOP_SYSTEM={settings.SHOP_SYSTEM} also needs {', '.join(missing)}: see docs/shops.md.")
    return [str(getattr(settings, name)) for name in names]


def own() -> ShopSystem:
    from bot.shop.systems.store import OwnStore

    return OwnStore()


def csv() -> ShopSystem:
    from bot.shop.systems.csvfile import CsvFile

    (path,) = _needed("SHOP_CSV")
    return CsvFile(Path(path))


def woocommerce() -> ShopSystem:
    from bot.shop.systems.woocommerce import WooCommerce

    url, key, secret = _needed("SHOP_URL", "SHOP_KEY", "SHOP_SECRET")
    return WooCommerce(url, key, secret, settings.SHOP_WEBHOOK_SECRETS)


def shopify() -> ShopSystem:
    from bot.shop.systems.shopify import Shopify

    url, token = _needed("SHOP_URL", "SHOP_KEY")
    return Shopify(url, token, settings.SHOP_WEBHOOK_SECRETS, settings.SHOPIFY_VERSION)


def prestashop() -> ShopSystem:
    from bot.shop.systems.prestashop import PrestaShop

    url, key = _needed("SHOP_URL", "SHOP_KEY")
    return PrestaShop(url, key, shop_zone())


SYSTEMS: dict[str, Callable[[], ShopSystem]] = {
    "own": own, "csv": csv, "woocommerce": woocommerce, "shopify": shopify, "prestashop": prestashop,
}  # fmt: skip


@cache
def system() -> ShopSystem:
    """The one that SHOP_SYSTEM names. Raises `NotConfigured`."""
    if settings.SHOP_SYSTEM not in SYSTEMS:
        raise NotConfigured(f"SHOP_SYSTEM is {settings.SHOP_SYSTEM!r}; there are {', '.join(SYSTEMS)}.")
    return SYSTEMS[settings.SHOP_SYSTEM]()
