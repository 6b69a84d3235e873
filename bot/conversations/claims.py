"""The right to run a conversation's next turn: a lease, and what was read under it.

It is taken by conditional update when a turn is due, or in the very transaction that stores a message which nothing
else is waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bot.conversations import reaching
from bot.conversations.media import arrivals, store
from bot.conversations.models import BOT, QUEUE, Conversation, Identity, Media, Message
from bot.conversations.vouching import vouched
from bot.conversations.writing import lock, unanswered
from bot.dialogue.base import Question

TEXT_FOR_DIALOGUE = 4_000


@dataclass(frozen=True)
class Claim:
    """The right to run one turn: the lease, the messages, and the epoch and identity they were read under.

    `about` is the channel's name of the last message; `first`: nobody has asked about these messages before.
    """

    conversation_id: UUID
    lease: str
    epoch: int
    place: Identity
    messages: tuple[Message, ...]
    question: Question
    about: str | None
    first: bool = False

    @property
    def last(self) -> Message:
        return self.messages[-1]


def claim_turn(conversation_id: UUID) -> Claim | None:
    """Take the lease and read what is to be answered; None when nothing is due or another process has it."""
    now, lease = timezone.now(), str(uuid4())
    free = Q(turn_lease_until=None) | Q(turn_lease_until__lt=now)
    won = Conversation.objects.filter(free, pk=conversation_id, turn_due_at__lte=now, owner__in=(BOT, QUEUE)).update(
        turn_lease=lease, turn_lease_until=now + settings.TURN_LEASE
    )
    if not won:
        return None
    conversation = Conversation.objects.select_related("identity").get(pk=conversation_id)
    waits = conversation.owner == QUEUE
    messages = tuple(message for message in unanswered(conversation) if not (waits and message.choice))
    if not messages:
        Conversation.objects.filter(pk=conversation_id, turn_lease=lease).update(
            turn_due_at=None, turn_lease_until=None
        )
        return None
    messages = messages[:1] if messages[0].choice else _until_choice(messages)
    files = arrivals.usable([message for message in messages if message.attachments])
    if not files and not any(message.text or message.choice for message in messages):
        _nothing_said(conversation, lease, messages[-1])
        return None
    return _claim(conversation, messages, files, _name_of(messages[-1]), reaching.reached(conversation))


def take_lease(conversation: Conversation, lease: str) -> None:
    """Give the turn of a conversation, which the caller holds and saves, to `lease` where it is due and free."""
    now, until = timezone.now(), conversation.turn_lease_until
    if conversation.turn_due_at and conversation.turn_due_at <= now and (until is None or until < now):
        conversation.turn_lease, conversation.turn_lease_until = lease, now + settings.TURN_LEASE


def of_message(conversation: Conversation, message: Message, name: str, reached: reaching.Reached) -> Claim:
    """The claim on a turn about one message, under the lease that the conversation was given for it.

    `name` is the channel's of the message.
    """
    return replace(_claim(conversation, (message,), (), name, reached), first=True)


def _claim(
    conversation: Conversation,
    messages: Sequence[Message],
    files: Sequence[Media],
    name: str | None,
    reached: reaching.Reached,
) -> Claim:
    return Claim(
        conversation.pk,
        conversation.turn_lease,
        conversation.epoch,
        conversation.identity,
        tuple(messages),
        _question(conversation, messages, files, reached),
        name,
    )


def _name_of(message: Message) -> str | None:
    return message.inboundevent_set.values_list("event_id", flat=True).first()


def _until_choice(messages: Sequence[Message]) -> tuple[Message, ...]:
    """A button pressed after typing is a turn of its own."""
    end = next((index for index, message in enumerate(messages) if message.choice), len(messages))
    return tuple(messages[:end])


@transaction.atomic
def _nothing_said(conversation: Conversation, lease: str, last: Message) -> None:
    """All that came were files that we do not take; the customer has been told so, and there is nothing to ask."""
    conversation = lock(conversation.pk)
    if conversation.turn_lease != lease:
        return
    conversation.turn_lease, conversation.turn_lease_until = "", None
    settle(conversation, last)
    conversation.save()


def _question(
    conversation: Conversation, messages: Sequence[Message], files: Sequence[Media], reached: reaching.Reached
) -> Question:
    last, identity = messages[-1], conversation.identity
    payload = None
    if last.choice:
        offer = conversation.messages.filter(payloads__has_key=last.choice).order_by("-seq").first()
        payload = offer.payloads[last.choice] if offer else None
    return Question(
        conversation=conversation.pk,
        message_id=last.pk,
        text=_words(messages, files),
        payload=payload,
        channel=conversation.channel,
        language=conversation.language,
        identity=f"{identity.channel}:{identity.external_id}",
        contact=f"{conversation.pk}:{conversation.episode}",
        verified=vouched(identity),
        attachments=tuple(store.shape(media) for media in files),
        today=conversation.today if settings.SANDBOX else None,
        fresh=conversation.fresh,
        about=reached.about(),
        waiting=conversation.owner == QUEUE,
    )


def _words(messages: Sequence[Message], files: Sequence[Media]) -> str:
    """What was written, and where nothing was, what a machine heard in the voice notes."""
    said = [message.text for message in messages if message.text]
    said += [media.transcript for media in files if media.transcript]
    return "\n".join(said)[:TEXT_FOR_DIALOGUE]


def settle(conversation: Conversation, last: Message) -> None:
    """Mark the messages up to `last` as answered; what came in meanwhile is the next turn."""
    conversation.answered_seq = max(conversation.answered_seq, last.seq)
    conversation.turn_attempts = 0
    conversation.turn_due_at = (conversation.turn_due_at or timezone.now()) if unanswered(conversation) else None
