"""From a customer's number, or from what is known of them, to everything that points to them."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import Q

from bot.conversations.models import Conversation, Customer, Identity
from bot.privacy.person import Person
from bot.shop.models import Customer as ShopCustomer
from bot.shop.models import Order

# A shorter word would be found in half of all texts.
SHORTEST_WORD = 4


def person_of(customer: int) -> Person:
    """A customer of ours with all of theirs; an empty one where there is none of that number."""
    found = Customer.objects.filter(pk=customer).first()
    if found is None:
        return Person()
    identities = list(found.identities.all())
    talks = Conversation.objects.filter(identity__in=identities).values_list("pk", flat=True)
    references = {found.shop_customer, *(each.known_as for each in identities)} - {""}
    return Person(
        customers=frozenset({found.pk} | {each.origin_id for each in identities if each.origin_id}),
        identities=frozenset(each.pk for each in identities),
        addresses=frozenset(f"{each.channel}:{each.external_id}" for each in identities),
        talks=frozenset(str(pk) for pk in talks),
        references=frozenset(references),
        words=frozenset(_words(found, identities, references)),
    )


def _words(customer: Customer, identities: list[Identity], references: set[str]) -> set[str]:
    """How the customer may be named in a log or another free text."""
    told = {customer.name}
    for each in identities:
        told |= {each.name, each.external_id.removeprefix(f"{each.channel}:"), each.phone, each.phone.removeprefix("+")}
    for name, email, phone in ShopCustomer.objects.filter(reference__in=references).values_list(
        "name", "email", "phone"
    ):
        told |= {name, email, phone, phone.removeprefix("+")}
    return {word for word in told if len(word) >= SHORTEST_WORD}


def customers_by(text: str) -> list[int]:
    """Customers of ours by a number, a conversation's id, "channel:external id", a phone, a mail address, an order's
    number or the shop's own id of them; each once."""
    text = text.strip()
    if re.fullmatch(r"\d{1,9}", text):
        return list(Customer.objects.filter(pk=int(text)).values_list("pk", flat=True))
    channel, _, address = text.partition(":")
    mine = Q(phone=text) | Q(external_id=text) | Q(known_as=text) | Q(customer__shop_customer=text)
    if address:
        mine |= Q(channel=channel, external_id__in=[address, text])
    try:
        mine |= Q(conversations__pk=UUID(text))
    except ValueError:
        mine |= _of_shop(text)
    return sorted(set(Identity.objects.filter(mine).values_list("customer", flat=True)))


def _of_shop(text: str) -> Q:
    orders = Order.objects.filter(number__iexact=text).values("customer__reference")
    buyers = ShopCustomer.objects.filter(Q(email__iexact=text) | Q(phone=text) | Q(reference__in=orders))
    known = list(buyers.values_list("reference", flat=True))
    return Q(known_as__in=known) | Q(customer__shop_customer__in=known)
