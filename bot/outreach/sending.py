"""From a plan to a message in a conversation: decided again under a lock, and written once.

The message, its `Reach` and its event commit together; from there the conversations' outbox sends it. A process that
dies before the commit has written nothing; of two processes the second finds the first one's `Reach`.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from bot.conversations import customers, moving
from bot.conversations.models import BOT, NOBODY, Conversation, Customer, Identity, Message, record
from bot.conversations.writing import append, lock
from bot.dialogue.base import Option
from bot.outreach import answers, gather, rules
from bot.outreach.candidates import candidates
from bot.outreach.models import Reach
from bot.outreach.people import Person, Place
from bot.outreach.places import THREADS
from bot.outreach.plan import Planned, plan
from bot.outreach.quiet import is_quiet
from bot.outreach.wording import NotReady, Written, write
from bot.shop.clock import shop_zone
from bot.shop.models import Customer as ShopCustomer
from channels import registry

log = logging.getLogger(__name__)

# Whoever has nothing due is looked at again after this.
REST = timedelta(minutes=30)


def send_due(now: datetime | None = None, resting: dict[str, datetime] | None = None) -> list[Reach]:
    """Write everything that is due; nothing at all while it is quiet where the shop is.

    `resting` is a caller's memory of who had nothing due, and until when they are not looked at again: to look at all
    owners of a product takes longer than a worker pauses.
    """
    now, outreach, resting = now or timezone.now(), rules.current(), {} if resting is None else resting
    if is_quiet(now, (shop_zone(),), outreach.quiet):
        return []
    written: list[Reach] = []
    for key in candidates(outreach, now):
        if resting.get(key, now) <= now:
            made = send_to(key, now)
            resting[key] = now if made else now + REST
            written += made
    return written


def send_to(key: str, now: datetime | None = None, only: str = "") -> list[Reach]:
    """Write what is due to one customer, or the one moment that is named; never what the plan does not allow."""
    now = now or timezone.now()
    written: list[Reach] = []
    person = gather.person(key)
    if person is None:
        return []
    for each in plan(rules.current(), person, now, shop_zone()):
        if isinstance(each, Planned) and only in ("", each.moment.key) and (reach := _try(each, now)):
            written.append(reach)
    return written


def _try(planned: Planned, now: datetime) -> Reach | None:
    try:
        text = write(planned.rule, planned.moment, planned.person)
        return _write(planned, text, now)
    except NotReady as error:
        log.warning("outreach %s is held: %s", planned.moment.key, error)
    except IntegrityError:
        log.info("outreach %s was written by another process", planned.moment.key)
    except registry.NotConfigured as error:
        log.warning("outreach %s is held: %s", planned.moment.key, error)
    return None


@transaction.atomic
def _write(planned: Planned, text: Written, now: datetime) -> Reach | None:
    """Decide again on fresh facts while nobody else writes to this customer; None when it no longer holds."""
    _lock(planned.person)
    person = gather.person(planned.person.key)
    fresh = plan(rules.current(), person, now, shop_zone()) if person else []
    again = next((each for each in fresh if each.moment.key == planned.moment.key), None)
    if not isinstance(again, Planned) or again.place != planned.place:
        return None
    conversation = _conversation(again)
    if conversation.owner not in (BOT, NOBODY) or conversation.turn_due_at is not None:
        return None
    return _append(conversation, again, text, now)


def _lock(person: Person) -> None:
    """Two processes that write to one customer wait for each other, so that caps hold between them."""
    kind, _, name = person.key.partition(":")
    if kind == "shop":
        ShopCustomer.objects.select_for_update().filter(reference=name).first()
    else:
        Customer.objects.select_for_update().filter(pk=int(name)).first()


def _append(conversation: Conversation, planned: Planned, text: Written, now: datetime) -> Reach:
    rule, moment, person = planned.rule, planned.moment, planned.person
    if moment.conversation is None:
        # What was talked about before has nothing to do with this.
        conversation.fresh = True
    message = append(
        conversation, Message.Author.BOT, text.text, template=text.template,
        options=[Option(label, payload) for label, payload in answers.choices(rule.asks, person.language)],
    )  # fmt: skip
    reach = Reach.objects.create(
        key=moment.key, attempt=Reach.objects.filter(key=moment.key).count() + 1, rule=rule.id, purpose=rule.purpose,
        person=person.key, message=message, channel=planned.place.channel, order=moment.order, sku=moment.sku,
        asks=rule.asks or "", zones=[zone.key for zone in person.zones], country=person.country,
        ends_at=rule.ends(moment.due), at=now,
    )  # fmt: skip
    record(conversation, "outreach_sent", "system", rule=rule.id, purpose=rule.purpose, seq=message.seq,
           order=moment.order, product=moment.sku)  # fmt: skip
    return reach


def _conversation(planned: Planned) -> Conversation:
    """The conversation at that place, locked; begun where there is none or every thread is its own."""
    place, person = planned.place, planned.person
    if place.conversation is not None:
        return lock(place.conversation)
    identity = _identity(place, person)
    if place.channel not in THREADS and (here := moving.present(identity)):
        return lock(here.pk)
    subject = write(planned.rule, planned.moment, person).subject
    begun = Conversation.objects.create(
        identity=identity, channel=place.channel, language=person.language, last_seq=moving.last_seq_at(identity),
        context={"subject": subject} if place.channel in THREADS else {},
    )  # fmt: skip
    return lock(begun.pk)


def _identity(place: Place, person: Person) -> Identity:
    """Who is at that place; an address that the shop has and that never wrote becomes an identity of its customer."""
    account = registry.adapter(place.channel).account
    known = Identity.objects.filter(channel=place.channel, account=account, external_id=place.address).first()
    if known is not None:
        return known
    if place.identity is not None:
        return Identity.objects.get(pk=place.identity)
    language = person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    made = Identity.objects.create(
        customer=Customer.objects.create(name=person.name[:160], language=language), channel=place.channel,
        account=account, external_id=place.address, phone=place.address if place.channel == "whatsapp" else "",
    )  # fmt: skip
    if place.channel not in THREADS:
        # What a mail's sender says proves nobody; a number that the shop itself has listed is its customer's.
        customers.prove(made, person.key.removeprefix(gather.SHOP), "channel", person.name)
        made.refresh_from_db()
    return made
