"""Take it with you: the same conversation goes on at another identity of its customer.

The conversation keeps its id, and with it the dialogue's tracker, flow, facts, owner, epoch, cases and whatever is
still to be sent. What was said at one identity stays there: no other channel shows it. An offer is single-use, lasts
`codes.LASTS`, works on one channel only and is redeemed in one transaction under the conversation's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from bot.conversations import codes, customers, ownership
from bot.conversations import move_notices as notices
from bot.conversations.continuity import thread_at
from bot.conversations.models import BOT, NOBODY, QUEUE, Conversation, Identity, Merge, Message, Move, record
from bot.conversations.notices import leave_words
from bot.conversations.vouching import vouched
from bot.conversations.writing import append, lock
from bot.dialogue.base import Option
from bot.prepared import prepared

# Whoever keeps proofs of orders; conversations know no shop, the settings bring the two together.
proofs = SimpleLazyObject(lambda: import_module(settings.ORDER_PROOFS))

BACK, BRING, STAY, RECOVER = "gateway:back", "gateway:bring", "gateway:stay", "gateway:recover"
# For how long the place that a conversation has left may say that this was not its customer's doing.
RECOVERABLE = timedelta(hours=24)


@dataclass(frozen=True)
class Offer:
    move: Move
    code: str


@dataclass(frozen=True)
class Failed:
    """Why nothing moved: `wrong` says nothing more on purpose; `here`, `busy` and `stopped` left the code good."""

    why: str


def present(identity: Identity, hold: bool = False) -> Conversation | None:
    """The conversation that is at this identity now, the last one to come where there are several.

    With `hold` it is locked; it may have left while it was waited for.
    """
    there = _there_to_hold(identity.pk) if hold else _there(identity.pk)
    return there[0] if there else None


@prepared
def _there(identity: int) -> QuerySet[Conversation]:
    return Conversation.objects.filter(identity=identity).order_by("-arrived_at")[:1]


@prepared
def _there_to_hold(identity: int) -> QuerySet[Conversation]:
    return Conversation.objects.filter(identity=identity).select_for_update().order_by("-arrived_at")[:1]


def departed(identity: Identity) -> Move | None:
    """The last move that took a conversation away from here which has not come back."""
    left = _departures(identity.pk)
    return left[0] if left and left[0].conversation.identity_id != identity.pk else None


@prepared
def _departures(identity: int) -> QuerySet[Move]:
    gone = Move.objects.filter(source=identity, undone_at=None).exclude(used_at=None)
    return gone.order_by("-used_at")[:1]


def shown_at(identity: Identity) -> Conversation | None:
    """What a page of this identity shows: the conversation that is here, or the one that went on elsewhere."""
    if here := present(identity):
        here.identity = identity
        return here
    gone = departed(identity)
    return gone.conversation if gone else None


def last_seq_at(identity: Identity) -> int:
    return int(identity.messages.aggregate(last=Max("seq"))["last"] or 0)


def offer(conversation: Conversation, channel: str, actor: str, place: Identity | None = None) -> Offer:
    """Make a code for going on at `channel`; earlier ones end. The caller holds the lock and tells the customer."""
    now = timezone.now()
    conversation.moves.filter(used_at=None, withdrawn_at=None, channel=channel).update(withdrawn_at=now)
    code = codes.new()
    move = Move.objects.create(
        conversation=conversation,
        source=conversation.identity,
        channel=channel,
        place=place,
        digest=codes.digest(code),
        actor=actor,
        expires_at=now + codes.LASTS,
    )
    record(conversation, "move", actor, verb="offer", move=move.pk, to=channel)
    return Offer(move, code)


@transaction.atomic
def use(identity: Identity, code: str, *, by_link: bool = False) -> Move | Failed:
    """Redeem a code at `identity`: the conversation goes on there. Of two at once, one gets it."""
    if not codes.may_try(identity):
        return Failed("wrong")
    found = Move.objects.filter(digest=codes.digest(code), place=None, channel=identity.channel).first()
    if found is None or not _open(found):
        return Failed("wrong")
    codes.tried_well(identity)
    proof = Merge.Proof.LINK if by_link else Merge.Proof.CODE
    return _carry_out(found, identity, proof, "customer")


@transaction.atomic
def confirm(move_id: int, said_at: Identity) -> Move | Failed:
    """The customer confirms, where the conversation is, that it may go back to the place that asked for it."""
    found = Move.objects.select_related("place").filter(pk=move_id).first()
    if found is None or found.place is None or found.source_id != said_at.pk or not _open(found):
        return Failed("wrong")
    return _carry_out(found, found.place, Merge.Proof.BUTTON, "customer")


@transaction.atomic
def go_back(move_id: int, said_at: Identity) -> Move | Failed:
    """The customer, where the conversation has come, sends it back to where it was, with everything in it."""
    came = Move.objects.select_related("source", "conversation").filter(pk=move_id, used_at__isnull=False).first()
    if came is None or came.place_id != said_at.pk or came.undone_at or _last(came.conversation) != came:
        return Failed("wrong")
    made = offer(lock(came.conversation_id), came.source.channel, "customer", came.source)
    return _carry_out(made.move, came.source, Merge.Proof.BUTTON, "customer")


@transaction.atomic
def undo(move_id: int, actor: str, *, said_at: Identity | None = None) -> bool:
    """Bring a conversation back to where it was without asking the place that has it; tell whether it moved.

    Somebody says that the move was not the customer's doing, so whoever has the conversation may be another person:
    the bot's memory and facts of it end, what was being composed is dropped, what is still to be sent there stays
    there, and the two identities are no longer one customer by this move.
    """
    move = Move.objects.select_related("source", "place").get(pk=move_id)
    conversation = lock(move.conversation_id)
    move.refresh_from_db()
    if not move.used_at or move.undone_at or _last(conversation) != move:
        return False
    if said_at and (said_at.pk != move.source_id or timezone.now() - move.used_at > RECOVERABLE):
        return False
    if _with_a_person(move.source):
        return False
    move.undone_at, move.undone_by = timezone.now(), actor
    move.save()
    left = conversation.identity
    _relocate(conversation, move.source)
    ownership.change_owner(conversation, conversation.owner, actor, "move undone")
    conversation.fresh, conversation.facts, conversation.asks = True, {}, ""
    conversation.turn_due_at, conversation.answered_seq = None, conversation.last_seq
    conversation.save()
    _withdraw(conversation)
    if move.merge and not move.merge.undone_at:
        customers.undo(move.merge.pk, actor)
    record(conversation, "move", actor, verb="undo", move=move.pk, to=move.source.channel)
    _tell_undone(conversation, move, left)
    _go_on_above(left)
    return True


def _tell_undone(conversation: Conversation, move: Move, left: Identity) -> None:
    system = Message.Author.SYSTEM
    append(conversation, system, notices.gone_back(conversation.language, move.source.channel), place=left)
    append(conversation, system, notices.recovered(conversation.language, by_bot=conversation.owner == BOT))
    append(conversation, system, notices.for_colleagues(conversation.language, left.channel), note=True)


def _open(move: Move) -> bool:
    """Whether an offer may still be used; under the conversation's lock, and the last word on it is the update."""
    return move.used_at is None and move.withdrawn_at is None and move.expires_at > timezone.now()


def _carry_out(move: Move, place: Identity, proof: Merge.Proof, actor: str) -> Move | Failed:
    conversation = lock(move.conversation_id)
    if conversation.identity_id == place.pk:
        return Failed("here")
    if place.stopped:
        return Failed("stopped")
    if _with_a_person(place):
        return Failed("busy")
    now = timezone.now()
    won = Move.objects.filter(pk=move.pk, used_at=None, withdrawn_at=None, expires_at__gt=now).update(
        used_at=now,
        place=place,
        source=conversation.identity,
        left_thread=conversation.thread,
        left_context=conversation.context,
    )
    if not won:
        return Failed("wrong")
    move.refresh_from_db()
    left = conversation.identity
    keep_proofs(conversation, left, place)
    _take_along(conversation, place)
    _relocate(conversation, place)
    if conversation.owner == NOBODY:
        ownership.reopen(conversation)
    conversation.save()
    _withdraw(conversation)
    record(conversation, "move", actor, verb="move", move=move.pk, before=left.channel, after=place.channel)
    made = customers.merge(left, place, proof, actor=actor, evidence=f"move {move.pk}")
    if isinstance(made, Merge):
        Move.objects.filter(pk=move.pk).update(merge=made)
    _tell_departed(conversation, move, left)
    return move


def keep_proofs(conversation: Conversation, before: Identity, after: Identity) -> None:
    """What was proven about the order in hand stays proven in this conversation, wherever it goes on."""
    said = vouched(before) or {}
    proofs.carry(
        before=_name(before),
        after=_name(after),
        conversation=str(conversation.pk),
        order=str(conversation.facts.get("order") or ""),
        channel=said.get("channel", ""),
        address=said.get("address", ""),
        today=conversation.today if settings.SANDBOX else None,
    )


def _name(identity: Identity) -> str:
    return f"{identity.channel}:{identity.external_id}"


def _with_a_person(place: Identity) -> bool:
    """Whether another conversation at this place waits for a person or is with one: it must not lose its customer."""
    here = present(place)
    # Where every thread is a conversation of its own, as in mail, none stands in another's way.
    return here is not None and not here.thread and here.owner not in (BOT, NOBODY)


def _take_along(conversation: Conversation, place: Identity) -> None:
    """What has not begun to go out goes out at the new place; what has begun ends where it began."""
    waiting = conversation.deliveries.filter(state="queued", calling=False, next_part=0).select_related("message")
    number = max(conversation.last_seq, last_seq_at(place))
    for delivery in waiting.order_by("message__seq"):
        message = delivery.message
        if message.author == Message.Author.BOT and message.epoch != conversation.epoch:
            continue
        if message.seq <= last_seq_at(place):
            number += 1
            message.seq = conversation.last_seq = number
        message.identity = place
        message.save()
        delivery.parts, delivery.attempts, delivery.due_at = None, 0, timezone.now()
        delivery.error_kind = delivery.error_code = ""
        delivery.save()
        conversation.outbox_due_at = timezone.now()


def _relocate(conversation: Conversation, place: Identity) -> None:
    """Where it has been before, such as in a mail's thread, it goes on in the same one."""
    conversation.thread, conversation.context = thread_at(conversation, place)
    conversation.identity, conversation.channel = place, place.channel
    conversation.arrived_at = timezone.now()
    conversation.last_seq = max(conversation.last_seq, last_seq_at(place))
    conversation.save()


def _go_on_above(place: Identity) -> None:
    """What goes on at a place after another conversation left it numbers its lines above those that stay there: a page
    asks for what comes after the last one it has."""
    reached = last_seq_at(place)
    place.conversations.filter(last_seq__lt=reached).update(last_seq=reached)


def _withdraw(conversation: Conversation) -> None:
    """Codes that were given out at another place end with the move."""
    conversation.moves.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())


def _last(conversation: Conversation) -> Move | None:
    return conversation.moves.exclude(used_at=None).filter(undone_at=None).order_by("-used_at", "-pk").first()


def _tell_departed(conversation: Conversation, move: Move, left: Identity) -> None:
    notice = notices.departed(conversation.language, move.channel)
    options = [Option(notices.not_me(conversation.language), f"{RECOVER}:{move.pk}")]
    append(conversation, Message.Author.SYSTEM, notice, options=options, place=left)


def tell_arrived(conversation: Conversation, move: Move) -> None:
    """Say where we were, and ask again what was being asked; the caller holds the lock."""
    name = notices.who_answers(conversation)
    text = notices.arrived(conversation.language, move.source.channel, conversation.owner, name)
    options = [Option(notices.back_to(conversation.language, move.source.channel), f"{BACK}:{move.pk}")]
    if conversation.owner == QUEUE:
        options.append(Option(leave_words(conversation.language), ownership.LEAVE_QUEUE))
    append(conversation, Message.Author.SYSTEM, text, options=options)
    if conversation.owner == BOT:
        _ask_again(conversation)


def _ask_again(conversation: Conversation) -> None:
    """The bot's last question with its choices, unless the customer's answer is already on its way."""
    if conversation.turn_due_at is not None:
        return
    last = conversation.messages.filter(author=Message.Author.BOT).order_by("-seq").first()
    if last is None or last.seq <= conversation.answered_seq or not (last.asks or last.choices):
        return
    options: list[Any] = [Option(choice["label"], last.payloads[choice["id"]]) for choice in last.choices]
    append(conversation, Message.Author.BOT, last.text, options=options, citations=last.citations, asks=last.asks)
