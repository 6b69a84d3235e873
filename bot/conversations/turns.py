"""A turn: what the dialogue does with a customer's unanswered messages.

A conversation's turns never overlap, on any number of processes: a turn is claimed with a lease by conditional
update. The replies are written in one transaction, and only if the epoch is still the one under which the dialogue
was asked. A process that dies in between leaves a lease that runs out; the worker asks again with the same message
id, and the engine answers a message id once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bot import tracing
from bot.conversations import commands, moving, notices, outbox, ownership, reaching, typing
from bot.conversations.database import again_if_in_the_way, on_database
from bot.conversations.media import arrivals, store
from bot.conversations.models import BOT, QUEUE, Conversation, Event, Identity, Media, Message, Turn, record
from bot.conversations.vouching import vouched
from bot.conversations.writing import STORED_IS_SENT, append, lock, unanswered
from bot.dialogue.base import Answer, DialogueError, Question
from bot.dialogue.engine import dialogue
from bot.logs import about
from bot.metrics import TURNS

log = logging.getLogger(__name__)

TEXT_FOR_DIALOGUE = 4_000
# Pauses between the attempts of a turn, in seconds; the last one again for what comes after.
RETRY_AFTER = (1.5, 3, 6, 12)


@dataclass(frozen=True)
class Claim:
    """The right to run one turn: the lease, the messages, and the epoch and identity they were read under.

    `about` is the channel's name of the last message.
    """

    conversation_id: UUID
    lease: str
    epoch: int
    place: Identity
    messages: tuple[Message, ...]
    question: Question
    about: str | None

    @property
    def last(self) -> Message:
        return self.messages[-1]


async def run(conversation_id: UUID) -> bool:
    """Run the conversation's turn if one is due and nobody else is running it; tell whether one was run."""
    with about(conversation_id):
        return await _run(conversation_id)


async def _run(conversation_id: UUID) -> bool:
    came = await arrivals.arrive(conversation_id)
    claim = await on_database(claim_turn, conversation_id)
    if claim is None:
        if came:
            await outbox.deliver(conversation_id)
        return False
    within = await on_database(_trace_of, claim.last) if tracing.wanted() else {}
    with tracing.span("turn", within=within, conversation=str(conversation_id), channel=claim.question.channel):
        await _ask(claim)
    if claim.place.channel not in STORED_IS_SENT:
        await outbox.deliver(conversation_id)
    return True


def _trace_of(message: Message) -> dict[str, str]:
    """The trace in which a line came in, as it was noted then."""
    noted = Event.objects.filter(conversation=message.conversation_id, kind="message", data__seq=message.seq).first()
    return {"traceparent": noted.data["traceparent"]} if noted and "traceparent" in noted.data else {}


async def _ask(claim: Claim) -> None:
    """Ask the dialogue and write what it says, or that it said nothing."""
    conversation_id, started = claim.conversation_id, time.monotonic()
    try:
        async with typing.shown(claim.question.channel, claim.place.external_id, claim.about):
            answer = await dialogue().ask(claim.question)
    except DialogueError as error:
        log.warning("conversation %s: %s", conversation_id, error)
        TURNS.labels("unreachable" if error.unreachable else "failed").observe(time.monotonic() - started)
        await on_database(fail, claim, error.unreachable)
    else:
        turn = await on_database(commit, claim, answer, int((time.monotonic() - started) * 1000))
        TURNS.labels(turn.state if turn else "lost lease").observe(time.monotonic() - started)


async def run_when_due(conversation_id: UUID, due: datetime | None = None) -> None:
    """Wait for the end of the burst (`due`, where the caller knows it), then run turns until nothing is due."""
    due = due or await on_database(_due_at, conversation_id)
    while due is not None:
        wait = (due - timezone.now()).total_seconds()
        if wait > 0:
            await asyncio.sleep(wait)
        elif not await run(conversation_id):
            return
        due = await on_database(_due_at, conversation_id)


def _due_at(conversation_id: UUID) -> datetime | None:
    return Conversation.objects.filter(pk=conversation_id).values_list("turn_due_at", flat=True).first()


def due(overdue: timedelta, limit: int = 50) -> list[UUID]:
    """Conversations whose turn has been due for longer than `overdue` and that nobody is running."""
    now = timezone.now()
    free = Q(turn_lease_until=None) | Q(turn_lease_until__lt=now)
    waiting = Conversation.objects.filter(free, turn_due_at__lte=now - overdue).order_by("turn_due_at")
    return list(waiting.values_list("pk", flat=True)[:limit])


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
    waiting = {"choice": ""} if conversation.owner == QUEUE else {}
    messages = tuple(conversation.messages.filter(unanswered(conversation), **waiting).order_by("seq"))
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
    return Claim(
        conversation_id,
        lease,
        conversation.epoch,
        conversation.identity,
        messages,
        _question(conversation, messages, files),
        _name_of(messages[-1]),
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
    _settle(conversation, last)
    conversation.save()


def _question(conversation: Conversation, messages: Sequence[Message], files: Sequence[Media]) -> Question:
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
        about=reaching.about(conversation),
        waiting=conversation.owner == QUEUE,
    )


def _words(messages: Sequence[Message], files: Sequence[Media]) -> str:
    """What was written, and where nothing was, what a machine heard in the voice notes."""
    said = [message.text for message in messages if message.text]
    said += [media.transcript for media in files if media.transcript]
    return "\n".join(said)[:TEXT_FOR_DIALOGUE]


@again_if_in_the_way
@transaction.atomic
def commit(claim: Claim, answer: Answer, milliseconds: int) -> Turn | None:
    """Write the replies and carry out the commands, or drop them if the owner changed meanwhile."""
    conversation = lock(claim.conversation_id)
    if conversation.turn_lease != claim.lease:
        return None
    conversation.turn_lease, conversation.turn_lease_until = "", None
    stale = conversation.epoch != claim.epoch
    turn = _record_turn(conversation, claim, answer, milliseconds, dropped=stale)
    if stale:
        conversation.save()
        return turn
    _settle(conversation, claim.last)
    if conversation.identity_id == claim.place.pk:
        conversation.identity = claim.place
    conversation.fresh = False
    conversation.facts = {**conversation.facts, **answer.facts}
    if answer.language in dict(settings.LANGUAGES):
        conversation.language = answer.language
    for reply in answer.replies:
        append(
            conversation,
            Message.Author.BOT,
            reply.text,
            options=reply.options,
            citations=reply.citations,
            attachments=reply.attachments,
            asks=reply.asks,
            in_reply_to=claim.last.pk,
        )
    if not answer.replies:
        conversation.save()
    if conversation.identity_id != claim.place.pk:
        moving.keep_proofs(conversation, claim.place, conversation.identity)
    if "case" in answer.facts or not conversation.asks:
        # While the dialogue still asks, a photo is for the case that is being gathered, not for the one before it.
        store.give_to_case(conversation)
    commands.know_customer(claim.place, answer)
    for command in answer.commands:
        commands.obey(conversation, command, claim.last)
    if answer.commands:
        _carry_over(conversation, claim)
    return turn


def _carry_over(conversation: Conversation, claim: Claim) -> None:
    """What the bot said in the turn that itself changed the owner was meant for the customer: it is not stale."""
    epoch = Conversation.objects.values_list("epoch", flat=True).get(pk=conversation.pk)
    if epoch != claim.epoch:
        said = conversation.messages.filter(author=Message.Author.BOT, in_reply_to=claim.last.pk)
        said.update(epoch=epoch)


def _record_turn(conversation: Conversation, claim: Claim, answer: Answer, milliseconds: int, dropped: bool) -> Turn:
    said = answer.replies or answer.commands
    state = Turn.State.DROPPED if dropped else Turn.State.ANSWERED if said else Turn.State.SILENT
    turn = Turn.objects.filter(message=claim.last).first() or Turn.objects.create(
        conversation=conversation, message=claim.last, epoch=claim.epoch, state=state, intent=answer.intent[:60],
        confidence=answer.confidence, milliseconds=milliseconds, replayed=answer.replayed,
    )  # fmt: skip
    cited = sorted({str(cited["slug"]) for reply in answer.replies for cited in reply.citations if "slug" in cited})
    record(
        conversation, "turn", "bot", state=str(state), seq=claim.last.seq, intent=answer.intent, ms=milliseconds,
        cited=[] if dropped else cited, case=str(answer.facts.get("case") or ""),
    )  # fmt: skip
    return turn


def _settle(conversation: Conversation, last: Message) -> None:
    """Mark the messages up to `last` as answered; what came in meanwhile is the next turn."""
    conversation.answered_seq = max(conversation.answered_seq, last.seq)
    conversation.turn_attempts = 0
    waiting = conversation.messages.filter(unanswered(conversation)).exists()
    conversation.turn_due_at = (conversation.turn_due_at or timezone.now()) if waiting else None


@again_if_in_the_way
@transaction.atomic
def fail(claim: Claim, unreachable: bool = False) -> None:
    """The dialogue gave no answer: try again soon, and after the last attempt bring the customer to a person.

    An engine that cannot be reached is being restarted and takes nothing from the attempts, for `DIALOGUE_PATIENCE`.
    """
    conversation = lock(claim.conversation_id)
    if conversation.turn_lease != claim.lease:
        return
    conversation.turn_lease, conversation.turn_lease_until = "", None
    waits = timezone.now() - claim.messages[0].created_at < settings.DIALOGUE_PATIENCE
    if not (unreachable and waits):
        conversation.turn_attempts += 1
    if conversation.epoch != claim.epoch:
        conversation.save()
        return
    if conversation.turn_attempts < settings.TURN_ATTEMPTS:
        pause = RETRY_AFTER[min(max(conversation.turn_attempts - 1, 0), len(RETRY_AFTER) - 1)]
        conversation.turn_due_at = timezone.now() + timedelta(seconds=pause)
        conversation.save()
        return
    _settle(conversation, claim.last)
    Turn.objects.get_or_create(
        message=claim.last,
        defaults={"conversation": conversation, "epoch": claim.epoch, "state": Turn.State.FAILED},
    )
    if conversation.owner == QUEUE:
        conversation.save()
        return
    append(conversation, Message.Author.SYSTEM, notices.technical(conversation.language), in_reply_to=claim.last.pk)
    ownership.request(conversation.pk, "technical", "system", trigger=claim.last.text)
