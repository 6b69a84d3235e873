"""Which product a conversation is about."""

from __future__ import annotations

from django.utils.translation import get_language

from bot.conversations.models import Conversation
from bot.desk.labels import Words
from bot.desk.shop_view import cases, orders
from bot.desk.sorting.judgement import Judgement
from bot.shop.catalogue import current as catalogue
from bot.shop.models import Case, OrderItem
from bot.shop.understand import products as named


def names() -> Words:
    language = get_language() or "es"
    return {product.sku: product.called(language) for product in catalogue()}


def product(conversation: Conversation, text: str) -> Judgement | None:
    """The product of the case, else the one that is named, else the only one of the orders that were proven."""
    in_case = Case.objects.filter(number__in=[view.number for view in cases(conversation)])
    skus = list(in_case.values_list("items__item__sku", flat=True).distinct())
    if len(skus) == 1 and skus[0]:
        return Judgement(skus[0], 1.0, "dialogue")
    if said := named(text):
        # "The coffee machine" may mean two of them: each is as likely as the other.
        return Judgement(said[0], 1.0 / len(said), "words")
    numbers = [order.number for order in orders(conversation)]
    ordered = OrderItem.objects.filter(order__number__in=numbers).values_list("sku", flat=True).distinct()
    found = list(ordered)
    return Judgement(found[0], 0.7 / len(found), "dialogue") if found else None
