"""Where somebody can be written to, and which wall clocks they live by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from django.conf import settings
from django.utils import timezone
from phonenumbers import timezone as phone_zones

from bot.conversations import moving
from bot.conversations.models import BOT, NOBODY, Conversation, Identity, Message
from bot.outreach import consents
from bot.outreach.people import Place
from bot.privacy import refusals
from bot.shop.addresses import normal_email, normal_phone
from bot.shop.clock import shop_zone
from bot.shop.models import Customer, Order
from channels import registry
from channels.base import Capabilities

# Whoever wrote this recently is talking with us about something else.
STILL_TALKING = timedelta(hours=12)
ZONES = {"canaries": "Atlantic/Canary", "portugal": "Europe/Lisbon"}
VOUCHED = ("channel", "sign_in")
# Every thread is a conversation of its own here, so a message of ours begins one.
THREADS = frozenset({"mail"})


def places(
    buyer: Customer | None, identities: Sequence[Identity], talks: Sequence[Conversation], wanted: Collection[UUID]
) -> Iterator[Place]:
    """The identities, with the conversation that is at each, then addresses of the shop's that never wrote.

    `wanted` are conversations that somebody may be written to about, wherever they are.
    """
    listed = _listed(buyer)
    spots = {(each.channel, each.external_id) for each in identities}
    agreed = consents.agreed(spots | {(channel, address) for channel, found in listed.items() for address in found})
    for identity in identities:
        caps = _caps(identity.channel)
        if caps is None:
            continue
        here = None if identity.channel in THREADS else moving.present(identity)
        vouched = identity.known_by in VOUCHED or bool(
            {identity.external_id, identity.phone} & listed[identity.channel]
        )
        yield _place(identity, here, caps, vouched or buyer is None, agreed)
        for talk in talks:
            if talk.pk in wanted and talk.identity_id == identity.pk and talk != here:
                yield _place(identity, talk, caps, vouched or buyer is None, agreed)
    known = {(each.channel, each.external_id) for each in identities} | {
        (each.channel, each.phone) for each in identities if each.phone
    }
    for channel, addresses in listed.items():
        caps = _caps(channel)
        if caps is not None and caps.can_initiate:
            for address in sorted(addresses):
                if (channel, address) not in known:
                    yield Place(channel, address, needs_template=caps.templates, stopped=_stopped(channel, address),
                                agreed=(channel, address) in agreed)  # fmt: skip


def _listed(buyer: Customer | None) -> dict[str, set[str]]:
    """The addresses that the shop itself has of a customer, by channel."""
    found: dict[str, set[str]] = {channel: set() for channel in registry.CHANNELS}
    if buyer is None:
        return found
    for each in buyer.channels.all():
        address = normal_phone(each.address) if each.channel == "whatsapp" else each.address
        found.setdefault(each.channel, set()).add(address)
    if buyer.email:
        found["mail"].add(normal_email(buyer.email))
    return found


def _caps(channel: str) -> Capabilities | None:
    try:
        return registry.adapter(channel).caps
    except (KeyError, registry.NotConfigured):
        return None


def _stopped(channel: str, address: str) -> bool:
    """An address that another customer's identity stopped is stopped all the same, also after it was forgotten."""
    stopped = Identity.objects.filter(channel=channel, external_id=address).exclude(stopped="").exists()
    return stopped or bool(refusals.wants(channel, address))


def _place(
    identity: Identity, talk: Conversation | None, caps: Capabilities, vouched: bool, agreed: Set[consents.Spot]
) -> Place:
    last = identity.last_inbound_at
    return Place(
        channel=identity.channel,
        address=identity.external_id,
        identity=identity.pk,
        conversation=talk.pk if talk else None,
        stopped=bool(identity.stopped),
        vouched=vouched,
        # Where nothing limits replies, whoever has written once may be written to.
        may_begin=caps.can_initiate or (caps.reply_window is None and last is not None and identity.channel != "web"),
        needs_template=caps.templates,
        window_ends=caps.closes_at(last),
        last_inbound=last,
        busy_until=_busy_until(talk),
        agreed=(identity.channel, identity.external_id) in agreed,
    )


def _busy_until(talk: Conversation | None) -> datetime | None:
    if talk is None:
        return None
    if talk.owner not in (BOT, NOBODY):
        return timezone.now() + timedelta(hours=1)
    said = talk.messages.filter(author=Message.Author.CUSTOMER, created_at__gt=timezone.now() - STILL_TALKING)
    last = said.order_by("-seq").values_list("created_at", flat=True).first()
    return last + STILL_TALKING if last else None


def zones(buyer: Customer | None, orders: Sequence[Order], identities: Sequence[Identity]) -> tuple[ZoneInfo, ...]:
    """The shop's wall clock, that of where the last order went, and those of a phone from abroad."""
    names = {settings.SHOP_TIME_ZONE}
    last = max(orders, key=lambda order: order.ordered_at, default=None)
    if last and last.ship_to in ZONES:
        names.add(ZONES[last.ship_to])
    for phone in {buyer.phone if buyer else "", *(each.phone for each in identities)}:
        names |= _zones_of(phone)
    return (shop_zone(), *(ZoneInfo(name) for name in sorted(names - {settings.SHOP_TIME_ZONE})))


def _zones_of(phone: str) -> set[str]:
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return set()
    if phonenumbers.region_code_for_number(number) == settings.SHOP_PHONE_REGION:
        return set()
    return {name for name in phone_zones.time_zones_for_number(number) if name != "Etc/Unknown"}
