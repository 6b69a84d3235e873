"""What a channel delivered becomes part of a conversation, in one transaction, before the provider is answered."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bot.conversations import (
    away,
    choices,
    claims,
    consent,
    customers,
    move_requests,
    moving,
    notices,
    ownership,
    rating,
    reaching,
)
from bot.conversations import move_notices as notices_of_moves
from bot.conversations.database import again_if_in_the_way
from bot.conversations.media import arrivals
from bot.conversations.models import (
    BOT,
    NOBODY,
    QUEUE,
    Conversation,
    Customer,
    Identity,
    InboundEvent,
    Message,
    Move,
    ProviderReceipt,
    record,
)
from bot.conversations.outbox import merge_receipt
from bot.conversations.writing import append, lock, unanswered
from bot.prepared import prepared
from channels.base import TEXT_LIMIT, Inbound

# However fast a customer goes on typing, the first words of a burst wait no longer than this.
LONGEST_BURST = timedelta(seconds=3)


class Gone(LookupError):
    """Nobody is known by that name any more, or there is nothing left of what they said."""


@dataclass(frozen=True)
class Received:
    """What became of an event; `message` is None when it is none, `due` is set when a turn is to be run, and `claim`
    when it is the caller who has to run it."""

    conversation_id: UUID | None
    message: Message | None
    duplicate: bool
    due: datetime | None
    claim: claims.Claim | None = None


@again_if_in_the_way
def receive(inbound: Inbound, claim: bool = False, begin: bool = True) -> Received:
    """Store the event once and say what is to be done. Of the same event twice, even at once, one is stored.

    With `claim` a turn that nothing is waited for is claimed at once; the caller then has to run it. Without `begin`
    somebody who is not known raises `Gone`.
    """
    try:
        with transaction.atomic():
            event = InboundEvent.objects.create(
                channel=inbound.channel, account=inbound.account, event_id=inbound.event_id
            )
            return _store(inbound, event, str(uuid4()) if claim else "", begin)
    except IntegrityError:
        event_or_none = (
            InboundEvent.objects.filter(channel=inbound.channel, account=inbound.account, event_id=inbound.event_id)
            .select_related("message")
            .first()
        )
        if event_or_none is None:
            raise
        message = event_or_none.message
        return Received(message.conversation_id if message else None, message, True, None)


def _store(inbound: Inbound, event: InboundEvent, lease: str, begin: bool) -> Received:
    if inbound.kind == "status":
        merge_receipt(inbound)
        return Received(None, None, False, None)
    identity = identity_for(inbound, begin)
    recovered = move_requests.recovered(identity, inbound)
    moved = None if recovered else move_requests.by_code(identity, inbound)
    conversation = _come(moved, inbound) if isinstance(moved, Move) else conversation_of(identity, inbound, begin)
    if inbound.membership and (answered := consent.change(conversation, inbound, _text(inbound))):
        event.message = answered
        event.save(update_fields=["message"])
        return Received(conversation.pk, answered, False, None)
    if inbound.kind not in ("message", "callback") or not (_text(inbound) or inbound.action or inbound.attachments):
        if inbound.kind in ("edited", "typing", "read"):
            record(conversation, inbound.kind, "customer")
        return Received(conversation.pk, None, False, None)
    reached = reaching.reached(conversation)
    if recovered or moved is not None:
        message = _append_handled(conversation, inbound, moved)
    else:
        message = _append(conversation, inbound, reached, lease)
    event.message = message
    event.save(update_fields=["message"])
    mine = lease and conversation.turn_lease == lease
    claim = claims.of_message(conversation, message, inbound.event_id, reached) if mine else None
    return Received(conversation.pk, message, False, conversation.turn_due_at, claim)


def conversation_for(inbound: Inbound) -> Conversation:
    """Find or begin the conversation that an event belongs to, and lock it; the caller holds a transaction."""
    return conversation_of(identity_for(inbound), inbound)


def conversation_of(identity: Identity, inbound: Inbound, begin: bool = True) -> Conversation:
    """The conversation that is at this identity now, locked; begun where there is none or it went on elsewhere.

    Raises `Gone` where there has been none and none is to `begin`.
    """
    while found := _of_thread(identity, inbound.thread) if inbound.thread else moving.present(identity, hold=True):
        if found.identity_id == identity.pk:
            found.identity = identity
            return _in_thread(found, inbound)
    left = moving.departed(identity)
    if not (begin or left):
        raise Gone
    begun = Conversation.objects.create(
        identity=identity,
        channel=identity.channel,
        language=identity.customer.language,
        last_seq=moving.last_seq_at(identity),
    )
    if left:
        # Pages that still show the one that left hear that there is another now.
        record(left.conversation, "begun", "customer", id=str(begun.pk))
    return _in_thread(begun, inbound)


def _come(move: Move, inbound: Inbound) -> Conversation:
    """A conversation that has just come to where the event is from, locked."""
    return _in_thread(lock(move.conversation_id), inbound)


def _in_thread(conversation: Conversation, inbound: Inbound) -> Conversation:
    if inbound.thread:
        conversation.thread = inbound.thread
        # What this event does not tell, such as the subject of an answer without one, stays as it was.
        conversation.context |= {name: value for name, value in inbound.context.items() if value}
        conversation.save()
    return conversation


def identity_for(inbound: Inbound, begin: bool = True) -> Identity:
    """Who an event is from, kept with what the channel says of them; the caller holds a transaction.

    Raises `Gone` where nobody is known by that name and nobody is to `begin`.
    """
    phone = next((alias.value for alias in inbound.aliases if alias.kind == "phone"), "")
    identity = _known_identity(inbound, phone)
    if identity is None and not begin:
        raise Gone
    if identity is None:
        language = inbound.language if inbound.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        customer = Customer.objects.create(name=inbound.display_name[:160], language=language)
        identity = Identity(customer=customer, channel=inbound.channel, account=inbound.account)
    before = identity.phone
    identity.external_id = inbound.external_id
    identity.phone = inbound.contact.phone if inbound.contact else phone or identity.phone
    identity.last_inbound_at = timezone.now()
    identity.save()
    if identity.phone != before:
        customers.recognise_phone(identity)
    return identity


def _of_thread(identity: Identity, thread: str) -> Conversation | None:
    """The conversation with that name, locked.

    What we began ourselves is named by its own id, and one not begun is free.
    """
    named = Q(thread=thread) | Q(thread="", last_seq=0)
    with suppress(ValueError):
        named |= Q(pk=UUID(thread))
    return identity.conversations.filter(named).select_for_update().order_by("-thread", "-arrived_at").first()


def _known_identity(inbound: Inbound, phone: str) -> Identity | None:
    """The identity by its external id, or by the phone that was its external id before the channel gave it another.

    WhatsApp names people by business-scoped ids since 2026. A phone with a different such id is another person:
    numbers are handed on.
    """
    names = [inbound.external_id, *([phone, f"{inbound.channel}:{phone}"] if phone else ())]
    found = (_named(inbound.channel, inbound.account, name) for name in names)
    return next((identity for some in found for identity in some), None)


@prepared
def _named(channel: str, account: str, external_id: str) -> QuerySet[Identity]:
    # Held, because it is saved as a whole: what is said of it meanwhile, such as STOP, must not be taken back.
    held = Identity.objects.select_for_update()
    return held.filter(channel=channel, account=account, external_id=external_id)


def _text(inbound: Inbound) -> str:
    """The words of an event; a shared contact card or place has none of its own."""
    if inbound.text.strip():
        return inbound.text[:TEXT_LIMIT]
    if inbound.contact:
        return inbound.contact.phone
    if inbound.location:
        return f"{inbound.location.label} ({inbound.location.latitude:.5f}, {inbound.location.longitude:.5f})".strip()
    return ""


def _append_handled(conversation: Conversation, inbound: Inbound, moved: Move | moving.Failed | None) -> Message:
    """Store a code or a button that moves a conversation, and say what came of it."""
    text = _text(inbound) or choices.label(conversation, inbound.action or "") or "·"
    message = append(conversation, Message.Author.CUSTOMER, text, handled=True)
    if isinstance(moved, Move):
        moving.tell_arrived(conversation, moved)
    elif moved:
        notice = notices_of_moves.failed(conversation.language, moved.why)
        append(conversation, Message.Author.SYSTEM, notice, in_reply_to=message.pk)
    return message


def _append(conversation: Conversation, inbound: Inbound, reached: reaching.Reached, lease: str) -> Message:
    choice, payload, stale = choices.chosen(conversation, inbound)
    text = _text(inbound) or choices.label(conversation, choice or inbound.action or "")
    about_rating = rating.may_answer(conversation, payload) and not inbound.attachments
    if about_rating and (answer := rating.answered(conversation, text, choice if payload else "", payload)):
        return answer
    if conversation.owner == NOBODY:
        ownership.reopen(conversation)
    begins = not conversation.answered_seq and not conversation.messages.exists()
    act = reached.answer_to(_text(inbound), payload)
    stale = stale or (act is None and payload.startswith(reaching.PREFIX))
    ours = payload.startswith(ownership.GATEWAY) or (not payload and move_requests.is_wish(text))
    handled = ours or stale or act is not None
    if conversation.owner == BOT and not handled and payload != consent.OPT_IN:
        _make_due(conversation, "" if inbound.attachments else lease)
    message = append(
        conversation,
        Message.Author.CUSTOMER,
        text,
        choice=choice if payload else "",
        in_reply_to=_answered(inbound),
        handled=handled,
    )
    if inbound.attachments:
        arrivals.expect(message, inbound)
    if payload == consent.OPT_IN:
        consent.resume(conversation)
        return message
    consent.remind(conversation)
    if act:
        act(conversation, message)
        return message
    if ours and not stale:
        _obey(conversation, payload, text)
        return message
    if begins and (left := moving.departed(conversation.identity)):
        notice = notices_of_moves.another_begins(conversation.language, left.conversation.channel)
        append(conversation, Message.Author.SYSTEM, notice)
    if stale:
        append(conversation, Message.Author.SYSTEM, notices.too_late(conversation.language), in_reply_to=message.pk)
        return message
    away.read(conversation, message)
    if conversation.owner == QUEUE and not message.choice:
        # Whoever waits for a person is still told what the articles say, and may leave the queue in words.
        _make_due(conversation)
        conversation.save()
    return message


def _make_due(conversation: Conversation, lease: str = "") -> None:
    """A turn about the line that comes now; claimed for `lease` where nothing else is waited for."""
    alone = conversation.turn_due_at is None
    conversation.turn_due_at = _end_of_burst(conversation)
    if lease and alone:
        claims.take_lease(conversation, lease)


def _obey(conversation: Conversation, payload: str, text: str) -> None:
    """Do what one of the gateway's own buttons, or a wish to go on elsewhere, means."""
    if payload == ownership.LEAVE_QUEUE:
        ownership.leave_queue(conversation.pk)
    elif payload == notices.CALL_ME:
        away.call_me(conversation)
    elif not (payload and move_requests.pressed(conversation, payload)):
        move_requests.asked_in_words(conversation, text)
    conversation.refresh_from_db()


def _answered(inbound: Inbound) -> UUID | None:
    """Our message that the customer pointed at while writing this one, where the channel tells."""
    if not inbound.reply_to:
        return None
    named = ProviderReceipt.objects.filter(
        channel=inbound.channel, account=inbound.account, provider_id=inbound.reply_to
    )
    return named.values_list("delivery__message_id", flat=True).first()


def _end_of_burst(conversation: Conversation) -> datetime:
    """When the customer, who writes now, can be taken to have finished: after a pause, but not for ever."""
    now, pause = timezone.now(), settings.BURST.get(conversation.channel, timedelta(0))
    if not pause:
        return now
    waiting = unanswered(conversation)
    first = waiting[0].created_at if waiting else now
    return min(now + pause, first + max(pause, LONGEST_BURST))
