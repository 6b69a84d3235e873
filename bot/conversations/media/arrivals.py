"""Files that a provider holds: noted with their message, fetched, checked, kept, or the customer told why not.

Whoever fetches a file first moves its `due_at` on by a lease, so that two processes do not, and a process that dies
leaves nothing but a lease that runs out.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation

from bot.conversations import notices
from bot.conversations.database import on_database
from bot.conversations.media import speech, store
from bot.conversations.media.checks import Refused, check, limit, too_large
from bot.conversations.media.models import Media
from bot.conversations.models import BOT, Conversation, Message, record
from bot.conversations.writing import STORED_IS_SENT, append, lock
from channels import registry
from channels.base import ChannelError, Inbound, MediaRef

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
BACKOFF = (5, 30, 120, 600)
REPEATABLE = ("retry", "rate", "uncertain")
# How long a turn waits for the files that came with it; what is later than this is shown when it comes.
PATIENCE = 8.0


def expect(message: Message, inbound: Inbound) -> None:
    """Note the files that came with a message, in the transaction that stores it.

    On the web they were uploaded before and are bound to it now; raises `Refused` for one that is not the customer's.
    """
    conversation = message.conversation
    refs = inbound.attachments[: store.MOST_IN_A_MESSAGE]
    if conversation.channel in STORED_IS_SENT:
        store.attach(store.uploads(conversation, [ref.ref for ref in refs]), message)
        return
    now = timezone.now()
    for ref in refs:
        Media.objects.create(
            conversation=conversation, message=message, episode=conversation.episode, kind=ref.kind, mime=ref.mime,
            name=ref.name, size=min(ref.size or 0, 2**31 - 1), source=ref.model_dump(mode="json"), due_at=now,
        )  # fmt: skip
    store.show(message)


async def arrive(conversation_id: UUID, patience: float = PATIENCE) -> bool:
    """Fetch what the conversation is waiting for, for at most `patience` seconds; the worker goes on with the rest.

    Tells whether there was anything: then there may be words about it to be sent.
    """
    waiting = await on_database(_due_in, conversation_id)
    if not waiting:
        return False
    try:
        async with asyncio.timeout(patience):
            await asyncio.gather(*(fetch(each) for each in waiting))
    except TimeoutError:
        log.warning("conversation %s: a file takes longer than %s s to arrive", conversation_id, patience)
    return True


def _due_in(conversation_id: UUID) -> list[UUID]:
    found = Media.objects.filter(conversation=conversation_id, state=Media.State.WAITING, due_at__lte=timezone.now())
    return list(found.values_list("pk", flat=True))


def due(limit: int = 50) -> list[UUID]:
    """Files that should have been fetched by now."""
    found = Media.objects.filter(state=Media.State.WAITING, due_at__lte=timezone.now()).order_by("due_at")
    return list(found.values_list("pk", flat=True)[:limit])


async def fetch(media_id: UUID) -> bool:
    """Fetch one file, unless another process is at it; tell whether it was tried."""
    claimed = await on_database(_claim, media_id)
    if claimed is None:
        return False
    channel, ref = claimed
    try:
        data = await _read(channel, ref)
        await on_database(_keep, media_id, data)
    except Refused as refused:
        await on_database(_refuse, media_id, refused)
    except ChannelError as error:
        await on_database(_failed, media_id, error)
    except asyncio.CancelledError:
        await asyncio.shield(on_database(_postpone, media_id))
        raise
    return True


@transaction.atomic
def _claim(media_id: UUID) -> tuple[str, MediaRef] | None:
    now = timezone.now()
    mine = Media.objects.filter(pk=media_id, state=Media.State.WAITING, due_at__lte=now).update(due_at=now + LEASE)
    if not mine:
        return None
    media = Media.objects.select_related("conversation").get(pk=media_id)
    return media.conversation.channel, MediaRef.model_validate(media.source)


async def _read(channel: str, ref: MediaRef) -> bytes:
    if (ref.size or 0) > limit():
        raise too_large()
    chunks = [chunk async for chunk in registry.adapter(channel).fetch_media(ref, limit())]
    return b"".join(chunks)


def _keep(media_id: UUID, data: bytes) -> None:
    """Check and keep what arrived. Checking takes a moment and is done before anything is locked."""
    media = Media.objects.select_related("conversation").get(pk=media_id)
    with translation.override(media.conversation.language):
        checked = check(data, media.name, media.mime)
    heard = speech.hear(checked, media.conversation.language)
    with transaction.atomic():
        conversation, media = _locked(media_id)
        if media.state != Media.State.WAITING:
            return
        store.fill(media, checked)
        media.transcript, media.source = heard, {}
        media.save()
        _changed(conversation, media)
        if conversation.turn_due_at is None and not (conversation.owner == BOT and conversation.asks):
            store.give_to_case(conversation)


def _locked(media_id: UUID) -> tuple[Conversation, Media]:
    media = Media.objects.select_related("message").get(pk=media_id)
    return lock(media.conversation_id), Media.objects.select_related("message").get(pk=media_id)


def _changed(conversation: Conversation, media: Media) -> None:
    if media.message:
        store.show(media.message)
        record(conversation, "media", "", seq=media.message.seq, id=str(media.pk), state=media.state)


@transaction.atomic
def _refuse(media_id: UUID, refused: Refused) -> None:
    """We do not take this file: say so to the customer, once for all the files of a message."""
    conversation, media = _locked(media_id)
    if media.state != Media.State.WAITING:
        return
    with translation.override(conversation.language):
        words = str(too_large()) if refused.code == "too_large" else str(refused)
    _give_up(conversation, media, Media.State.REFUSED, refused.code, words)


@transaction.atomic
def _failed(media_id: UUID, error: ChannelError) -> None:
    """The provider did not give the file: try again later, or tell the customer that it did not reach us."""
    conversation, media = _locked(media_id)
    if media.state != Media.State.WAITING:
        return
    if error.kind in REPEATABLE and media.attempts < len(BACKOFF):
        wait = max(error.retry_after or 0, BACKOFF[media.attempts])
        media.attempts += 1
        media.due_at = timezone.now() + timedelta(seconds=wait)
        media.save()
        return
    log.warning("media %s: %s", media.pk, error)
    if error.code in ("too_large", "wrong_type"):
        with translation.override(conversation.language):
            words = str(too_large()) if error.code == "too_large" else notices.file_lost(conversation.language)
        _give_up(conversation, media, Media.State.REFUSED, error.code, words)
    else:
        _give_up(conversation, media, Media.State.LOST, (error.code or error.kind)[:20],
                 notices.file_lost(conversation.language))  # fmt: skip


def _give_up(conversation: Conversation, media: Media, state: Media.State, problem: str, words: str) -> None:
    media.state, media.problem, media.due_at, media.source = state, problem, None, {}
    media.save()
    _changed(conversation, media)
    message = media.message
    told = conversation.messages.filter(author=Message.Author.SYSTEM, in_reply_to=message.pk if message else None)
    if message and not told.filter(text=words).exists():
        append(conversation, Message.Author.SYSTEM, words, in_reply_to=message.pk)


def _postpone(media_id: UUID) -> None:
    """The turn could not wait any longer; the worker fetches it next."""
    Media.objects.filter(pk=media_id, state=Media.State.WAITING).update(due_at=timezone.now())


def usable(messages: Sequence[Message]) -> list[Media]:
    """The files of these messages that count: kept ones, and those that may still come."""
    counted = (Media.State.KEPT, Media.State.WAITING)
    return list(Media.objects.filter(message__in=messages, state__in=counted).order_by("message__seq", "created_at"))
