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
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bot import tracing
from bot.conversations import commands, moving, notices, outbox, ownership, typing
from bot.conversations.claims import Claim, claim_turn, settle
from bot.conversations.database import again_if_in_the_way, on_database
from bot.conversations.media import arrivals, store
from bot.conversations.models import QUEUE, Conversation, Event, Message, Turn, record
from bot.conversations.writing import STORED_IS_SENT, append, lock
from bot.dialogue.base import Answer, DialogueError
from bot.dialogue.engine import dialogue
from bot.logs import about
from bot.metrics import TURNS
from bot.prepared import prepared

log = logging.getLogger(__name__)

# Pauses between the attempts of a turn, in seconds; the last one again for what comes after.
RETRY_AFTER = (1.5, 3, 6, 12)


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
    await _hold(claim)
    return True


async def _hold(claim: Claim) -> datetime | None:
    """Run the turn that was claimed; when the next one is due."""
    within = await on_database(_trace_of, claim.last) if tracing.wanted() else {}
    conversation, channel = str(claim.conversation_id), claim.question.channel
    with tracing.span("turn", within=within, conversation=conversation, channel=channel):
        due = await _ask(claim)
    if claim.place.channel not in STORED_IS_SENT:
        await outbox.deliver(claim.conversation_id)
    return due


def _trace_of(message: Message) -> dict[str, str]:
    """The trace in which a line came in, as it was noted then."""
    noted = Event.objects.filter(conversation=message.conversation_id, kind="message", data__seq=message.seq).first()
    return {"traceparent": noted.data["traceparent"]} if noted and "traceparent" in noted.data else {}


async def _ask(claim: Claim) -> datetime | None:
    """Ask the dialogue and write what it says, or that it said nothing; when the next turn is due."""
    conversation_id, started = claim.conversation_id, time.monotonic()
    try:
        async with typing.shown(claim.question.channel, claim.place.external_id, claim.about):
            answer = await dialogue().ask(claim.question)
    except DialogueError as error:
        log.warning("conversation %s: %s", conversation_id, error)
        TURNS.labels("unreachable" if error.unreachable else "failed").observe(time.monotonic() - started)
        await on_database(fail, claim, error.unreachable)
        return await on_database(_due_at, conversation_id)
    turn = await on_database(commit, claim, answer, int((time.monotonic() - started) * 1000))
    TURNS.labels(turn.state if turn else "lost lease").observe(time.monotonic() - started)
    # A command may have given the conversation to somebody else.
    if turn and not answer.commands:
        return turn.conversation.turn_due_at
    return await on_database(_due_at, conversation_id)


async def run_when_due(conversation_id: UUID, due: datetime | None = None, claim: Claim | None = None) -> None:
    """Wait for the end of the burst (`due`, where the caller knows it), then run turns until nothing is due; the one
    that the caller has claimed already goes first."""
    if claim:
        with about(conversation_id):
            due = await _hold(claim)
    else:
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
    settle(conversation, claim.last)
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
    known = [] if claim.first else _turn_of(claim.last.pk)
    turn = known[0] if known else Turn.objects.create(
        conversation=conversation, message=claim.last, epoch=claim.epoch, state=state, intent=answer.intent[:60],
        confidence=answer.confidence, milliseconds=milliseconds, replayed=answer.replayed,
    )  # fmt: skip
    turn.conversation = conversation
    cited = sorted({str(cited["slug"]) for reply in answer.replies for cited in reply.citations if "slug" in cited})
    record(
        conversation, "turn", "bot", state=str(state), seq=claim.last.seq, intent=answer.intent, ms=milliseconds,
        cited=[] if dropped else cited, case=str(answer.facts.get("case") or ""),
    )  # fmt: skip
    return turn


@prepared
def _turn_of(message: UUID) -> QuerySet[Turn]:
    return Turn.objects.filter(message=message)


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
    settle(conversation, claim.last)
    Turn.objects.get_or_create(
        message=claim.last,
        defaults={"conversation": conversation, "epoch": claim.epoch, "state": Turn.State.FAILED},
    )
    if conversation.owner == QUEUE:
        conversation.save()
        return
    append(conversation, Message.Author.SYSTEM, notices.technical(conversation.language), in_reply_to=claim.last.pk)
    ownership.request(conversation.pk, "technical", "system", trigger=claim.last.text)
