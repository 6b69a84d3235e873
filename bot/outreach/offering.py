"""An offer in the conversation, after a matter was solved: chosen by `offers.choose`, written down, and counted."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bot.conversations.models import BOT, NOBODY, Conversation, Event, Handoff, Message, record
from bot.conversations.writing import append, lock
from bot.outreach import consents, gather, offers
from bot.outreach.models import Offered
from bot.outreach.offers import Buyer, Choice, Said, Shown
from bot.outreach.places import VOUCHED
from bot.shop.models import Case, Customer, Order, OrderItem

log = logging.getLogger(__name__)

SIGNALS = ("rating", "nps", "fixed")
COMPLAINTS = ("very_upset", "legal", "safety", "fraud_or_payment", "press", "third_contact")
COMPLAINT_LASTS = timedelta(days=60)


def heard(sender: type[Event], instance: Event, created: bool, **kwargs: Any) -> None:
    """Receiver of `post_save` on Event: a good word may be followed by an offer, once it is stored."""
    if not settings.OFFERS or not created or instance.kind not in SIGNALS:
        return
    value = instance.data.get("fixed") if instance.kind == "fixed" else instance.data.get("score")
    said = Said(instance.kind, int(value or 0))  # type: ignore[arg-type]
    if said.good:
        transaction.on_commit(partial(_after, instance.conversation_id, said), robust=True)


def _after(conversation_id: UUID, said: Said) -> None:
    offer(conversation_id, said)


@transaction.atomic
def offer(conversation_id: UUID, said: Said) -> Offered | None:
    """Offer what fits, or note that it was held out; None when nothing is to be offered."""
    conversation = lock(conversation_id)
    if conversation.owner not in (BOT, NOBODY) or conversation.turn_due_at is not None:
        return None
    buyer = _buyer(conversation)
    if buyer is None:
        return None
    choice = offers.choose(offers.current(), buyer, said, timezone.now())
    if not isinstance(choice, Choice):
        log.debug("conversation %s: nothing is offered: %s", conversation_id, choice)
        return None
    sku = choice.offer.sku or ""
    made = Offered.objects.create(
        person=buyer.key, conversation=conversation, offer=choice.offer.id, sku=sku, held_out=choice.held_out
    )
    if choice.held_out:
        record(conversation, "offer_held_out", "system", offer=choice.offer.id, product=sku)
    else:
        record(conversation, "offer_shown", "system", offer=choice.offer.id, product=sku)
        last = conversation.messages.filter(author=Message.Author.CUSTOMER).order_by("-seq").first()
        append(
            conversation, Message.Author.SYSTEM, offers.text(choice.offer, buyer), in_reply_to=last.pk if last else None
        )
    return made


def _buyer(conversation: Conversation) -> Buyer | None:
    """Who that is, as far as this conversation may know: all of their orders, or the one that it has proven."""
    identity = conversation.identity
    if not identity.known_as:
        return None
    customer = Customer.objects.filter(reference=identity.known_as).first()
    if customer is None:
        return None
    vouched = identity.known_by in VOUCHED
    mine = Q(order__customer=customer) if vouched else Q(order__number=str(conversation.facts.get("order") or ""))
    items = OrderItem.objects.filter(mine, order__status=Order.Status.DELIVERED, order__delivered_at__isnull=False)
    key = f"{gather.SHOP}{customer.reference}"
    open_now = (*Handoff.OPEN,)
    talks = Conversation.objects.filter(identity__customer=identity.customer)
    return Buyer(
        key=key,
        language=conversation.language,
        owned=[(item.sku, item.order.delivered_at.date()) for item in items.select_related("order")
               if item.order.delivered_at],
        points=customer.points if vouched else 0,
        complaint=_complaint(conversation, customer),
        open_case=gather.at_work(Case.objects.filter(order__customer=customer)),
        with_person=Handoff.objects.filter(conversation__in=talks, state__in=open_now).exists(),
        said_no=gather.wants_none(key, identity) or consents.refused(identity.customer.identities.all()),
        past=[Shown(each.offer, each.at) for each in Offered.objects.filter(person=key)],
    )  # fmt: skip


def _complaint(conversation: Conversation, customer: Customer) -> bool:
    since = timezone.now() - COMPLAINT_LASTS
    talks = Conversation.objects.filter(identity__customer=conversation.identity.customer)
    angry = Handoff.objects.filter(conversation__in=talks, reason__in=COMPLAINTS, created_at__gt=since)
    refused = Case.objects.filter(order__customer=customer, decision="refused", opened_at__gt=since)
    bad = Event.objects.filter(conversation__in=talks, at__gt=since).filter(
        Q(kind="rating", data__score__lte=2) | Q(kind="nps", data__score__lte=6)
    )
    return angry.exists() or refused.exists() or bad.exists()


def note_purchases() -> int:
    """Write down what was bought after an offer, or without the one that was held out; tell how many."""
    rules = offers.current()
    since = timezone.now() - timedelta(days=rules.bought_within_days)
    found = 0
    for each in Offered.objects.filter(bought_at=None, at__gt=since).select_related("conversation"):
        order = _bought(each)
        won = order and Offered.objects.filter(pk=each.pk, bought_at=None).update(
            bought_at=order.ordered_at, bought_order=order.number
        )
        if order and won:
            record(each.conversation, "offer_purchase", "system", offer=each.offer, product=each.sku,
                   order=order.number, held_out=each.held_out)  # fmt: skip
            found += 1
    return found


def _bought(offered: Offered) -> Order | None:
    """The first order since by that customer; with that product in it, where a product was offered."""
    reference = offered.person.removeprefix(gather.SHOP)
    orders = Order.objects.filter(customer__reference=reference, ordered_at__gt=offered.at)
    orders = orders.exclude(status=Order.Status.CANCELLED)
    return (orders.filter(items__sku=offered.sku) if offered.sku else orders).order_by("ordered_at").first()
