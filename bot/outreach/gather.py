"""From the database to the plain facts that planning is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from bot.conversations.models import BOT, Conversation, Customer, Event, Identity
from bot.outreach.happened import incidents, quiet_cases
from bot.outreach.models import Reach, Wish
from bot.outreach.people import Bought, Past, Person
from bot.outreach.places import places, zones
from bot.shop import rulebook
from bot.shop.clock import shop_day
from bot.shop.days import add_years
from bot.shop.identity import prove_channel
from bot.shop.models import Case, CustomerChannel, Order
from bot.shop.models import Customer as ShopCustomer
from channels import registry

SHOP, CUSTOMER = "shop:", "customer:"
# Caps look back a month, `again_after` up to a year; what is older only matters for keys, which are looked up anyway.
MOOD_LASTS = timedelta(days=60)
CASE_LASTS = timedelta(days=60)
LOW = {"rating": 2, "nps": 6}
# A message that never left and never will: refused by the provider, or dropped by ourselves before the call.
ELSEWHERE = frozenset({"window", "unreachable", "bad_content", "auth"})
AGAIN_HERE = frozenset({"late", "stale"})
MOST_ATTEMPTS = 3


def person(key: str) -> Person | None:
    """Everything about somebody, by "shop:<reference>" or "customer:<id>"; None for nobody."""
    if key.startswith(SHOP):
        buyer = ShopCustomer.objects.prefetch_related("channels").filter(reference=key.removeprefix(SHOP)).first()
        return _person(key, buyer, _identities(key)) if buyer else None
    return _person(key, None, _identities(key))


def key_of(customer: Customer) -> str:
    """How a customer of ours is named here: as the shop's own where that was proven, or the channel vouches for it."""
    if customer.shop_customer:
        return f"{SHOP}{customer.shop_customer}"
    for each in customer.identities.all():
        found = prove_channel(each.channel, each.phone or each.external_id) if registry.proven(each.channel) else None
        if found:
            return f"{SHOP}{found.reference}"
    return f"{CUSTOMER}{customer.pk}"


def _identities(key: str) -> list[Identity]:
    """Theirs by proof, and those at an address that the shop itself has of them."""
    if not key.startswith(SHOP):
        mine = Q(customer=key.removeprefix(CUSTOMER))
    else:
        reference = key.removeprefix(SHOP)
        mine = Q(customer__shop_customer=reference) | Q(known_as=reference)
        for each in CustomerChannel.objects.filter(customer__reference=reference):
            if registry.proven(each.channel):
                mine |= Q(channel=each.channel) & (Q(external_id=each.address) | Q(phone=each.address))
    return list(Identity.objects.filter(mine).select_related("customer").order_by("pk"))


def _person(key: str, buyer: ShopCustomer | None, identities: list[Identity]) -> Person | None:
    if buyer is None and not identities:
        return None
    talks = list(Conversation.objects.filter(identity__in=identities).select_related("identity"))
    wishes = list(Wish.objects.filter(person__in=_names(key, identities)))
    orders = list(buyer.orders.prefetch_related("items")) if buyer else []
    happened, waiting = incidents(talks), quiet_cases(talks, orders)
    about = {each.conversation for each in happened} | {each.conversation for each in waiting}
    return Person(
        key=key,
        name=buyer.name if buyer else identities[0].customer.name,
        language=_language(buyer, talks),
        zones=zones(buyer, orders, identities),
        bought=tuple(_bought(orders)),
        incidents=happened,
        cases=waiting,
        places=tuple(places(buyer, identities, talks, about)),
        past=tuple(_past(key, identities)),
        said_no=any(wish.no_reminders_since for wish in wishes),
        with_person=any(talk.owner not in (BOT, "") for talk in talks),
        open_case=at_work(Case.objects.filter(order__in=orders)),
        unhappy=_unhappy(talks),
    )


def at_work(cases: QuerySet[Case]) -> bool:
    """Whether something is still being done about one of these. What is decided and was touched by nobody for weeks is
    no longer: not everything that ends is marked."""
    still = cases.filter(state=Case.State.OPEN)
    touched = Q(events__at__gt=timezone.now() - CASE_LASTS) | Q(opened_at__gt=timezone.now() - CASE_LASTS)
    return still.filter(Q(decision="pending_person") | touched).exists()


def wants_none(key: str, place: Identity) -> bool:
    """Whether they have said no since: by "sin avisos", or by stopping us on any channel."""
    identities = _identities(key) or [place]
    return wants_none_of(_names(key, identities)) or any(each.stopped for each in identities)


def wants_none_of(names: Iterable[str]) -> bool:
    """Whether "sin avisos" was said under one of these names."""
    return Wish.objects.filter(person__in=set(names)).exclude(no_reminders_since=None).exists()


def names_of(keys: Iterable[str]) -> set[str]:
    """Every name under which these may have said something."""
    return {name for key in keys for name in _names(key, _identities(key))}


def _names(key: str, identities: Iterable[Identity]) -> set[str]:
    """Every name they may have been written down under: also before it was proven who they are."""
    ids = {each.customer_id for each in identities} | {each.origin_id for each in identities if each.origin_id}
    return {key, *(f"{CUSTOMER}{pk}" for pk in ids)}


def _language(buyer: ShopCustomer | None, talks: list[Conversation]) -> str:
    """What they last spoke with us, else what the shop has."""
    last = max(talks, key=lambda talk: talk.updated_at, default=None)
    return last.language if last else buyer.language if buyer else "es"


def _bought(orders: Iterable[Order]) -> Iterable[Bought]:
    book = rulebook.current()
    years, recall = book.policies.warranty.legal.years, book.policies.recall.lots
    kinds = {product.sku: product for product in book.catalogue}
    for order in orders:
        if order.status != Order.Status.DELIVERED or order.delivered_at is None:
            continue
        delivered = shop_day(order.delivered_at)
        for item in order.items.all():
            product = kinds.get(item.sku)
            if product is None:
                continue
            yield Bought(
                order=order.number,
                sku=item.sku,
                kind=product.kind,
                zone=order.ship_to,
                delivered_on=delivered,
                warranty_ends_on=add_years(delivered, years.refurbished if product.refurbished else years.new),
                serviced_on=item.last_descaled_on,
                lot=item.lot,
                recalled=item.sku == recall.sku and item.lot in recall.lots,
            )


def _past(key: str, identities: list[Identity]) -> Iterable[Past]:
    """What went out to them, with what became of it."""
    tried: dict[str, set[str]] = {}
    theirs = Q(person__in=_names(key, identities)) | Q(message__identity__in=list(identities))
    for reach in Reach.objects.filter(theirs).select_related("message__delivery").order_by("at", "pk"):
        delivery = getattr(reach.message, "delivery", None) if reach.message else None
        failed = delivery.error_kind if delivery is not None and delivery.state == "failed" else ""
        if failed in ELSEWHERE:
            tried.setdefault(reach.key, set()).add(reach.channel)
        over = failed not in ELSEWHERE | AGAIN_HERE or reach.attempt >= MOST_ATTEMPTS
        yield Past(reach.key, reach.rule, reach.purpose, reach.at, over, frozenset(tried.get(reach.key, ())))


def _unhappy(talks: list[Conversation]) -> bool:
    """Whether the last thing they said of us was bad."""
    said = Event.objects.filter(
        conversation__in=talks, kind__in=("rating", "nps", "fixed"), at__gt=timezone.now() - MOOD_LASTS
    )
    last = said.order_by("-pk").first()
    if last is None:
        return False
    if last.kind == "fixed":
        return not last.data.get("fixed")
    return int(last.data.get("score", 10)) <= LOW[last.kind]
