"""Telling another desk what happens, in order and once, and carrying out what its people say.

What is told is marked before it is sent. A process that dies in between leaves the mark, and the other desk is asked
whether it has the line before it is told again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from bot.conversations import ownership
from bot.conversations.database import on_database
from bot.conversations.media.address import kept
from bot.conversations.models import BOT, NOBODY, QUEUE, Conversation, Message
from bot.conversations.writing import lock
from bot.desk import actions
from bot.desk.access import Agent
from bot.desk.desks import registry
from bot.desk.desks.base import Desk, DeskError, Heard, Told, Who
from bot.desk.desks.models import DeskEvent, Handed
from bot.desk.package import package

log = logging.getLogger(__name__)

AT_ONCE = 20
BACKOFF = (2, 10, 60, 300, 900)


def due() -> list[UUID]:
    """Conversations that another desk has to hear of: handed over, with new lines, or no longer people's."""
    if settings.DESK == "own":
        return []
    with_people = Conversation.objects.exclude(owner__in=[BOT, NOBODY])
    fresh = with_people.filter(handed=None)
    later = Conversation.objects.filter(handed__due_at__lte=timezone.now())
    told = later.filter(Q(handed__told_seq__lt=F("last_seq")) | ~Q(handed__told_epoch=F("epoch")))
    found = [*fresh.values_list("pk", flat=True)[:AT_ONCE], *told.values_list("pk", flat=True)[:AT_ONCE]]
    return list(dict.fromkeys(found))


async def forward(conversation_id: UUID) -> None:
    """Bring the other desk up to date with one conversation; what fails is tried again later."""
    desk = registry.current()
    handed = await on_database(_begin, conversation_id, desk.name)
    try:
        await _forward(desk, handed)
    except DeskError as error:
        log.warning("conversation %s: %s", conversation_id, error)
        await on_database(_later, handed.pk, str(error))


async def _forward(desk: Desk, handed: Handed) -> None:
    conversation, who, about, summary = await on_database(_present, handed.conversation_id)
    people = conversation.owner not in (BOT, NOBODY)
    if people and handed.told_epoch != conversation.epoch and (not handed.external_id or conversation.owner == QUEUE):
        handed.external_id = await desk.open(who, handed.external_id, summary, about)
        await on_database(_note, handed.pk, external_id=handed.external_id)
    if not handed.external_id:
        return
    for line in await on_database(_lines, handed):
        if handed.telling == line[0] and await desk.has(handed.external_id, [line[1].name]):
            pass
        else:
            await on_database(_note, handed.pk, telling=line[0])
            await desk.tell(handed.external_id, line[1])
        await on_database(_note, handed.pk, told_seq=line[0], telling=0)
        handed.told_seq, handed.telling = line[0], 0
    if not people and handed.told_epoch != conversation.epoch:
        await desk.close(handed.external_id, "resolved" if conversation.owner == NOBODY else "bot")
    await on_database(_note, handed.pk, told_epoch=conversation.epoch, attempts=0, problem="")


def _begin(conversation_id: UUID, desk: str) -> Handed:
    handed, _created = Handed.objects.get_or_create(conversation_id=conversation_id, defaults={"desk": desk})
    return handed


def _note(pk: int, **fields: object) -> None:
    Handed.objects.filter(pk=pk).update(**fields)


def _later(pk: int, problem: str) -> None:
    handed = Handed.objects.get(pk=pk)
    wait = BACKOFF[min(handed.attempts, len(BACKOFF) - 1)]
    Handed.objects.filter(pk=pk).update(
        attempts=F("attempts") + 1, due_at=timezone.now() + timedelta(seconds=wait), problem=problem[:200]
    )


def _present(conversation_id: UUID) -> tuple[Conversation, Who, dict[str, str], str]:
    conversation = Conversation.objects.select_related("identity__customer").get(pk=conversation_id)
    identity = conversation.identity
    who = Who(f"postventa-{identity.customer_id}", identity.customer.name, identity.phone, "", conversation.channel)
    with translation.override(settings.LANGUAGE_CODE):
        held = package(conversation)
        handoff = held.handoff
        lines = [f"{handoff.reason}: {handoff.trigger}"] if handoff else []
        summary = "\n".join(lines + [f"- {said.text}" for said in held.summary])
    about = {
        "postventa_conversation": str(conversation.pk), "channel": conversation.channel,
        "language": conversation.language, "priority": str(handoff.priority if handoff else 3),
    }  # fmt: skip
    return conversation, who, about, summary


def _lines(handed: Handed) -> Sequence[tuple[int, Told]]:
    """What the desk has not heard yet. What its own people wrote came from there."""
    fresh = handed.conversation.messages.filter(seq__gt=handed.told_seq).order_by("seq")
    return [(line.seq, _told(line)) for line in fresh if line.author != Message.Author.AGENT or not _from_there(line)]


def _from_there(line: Message) -> bool:
    account = _account()
    return account is not None and line.agent_id == account.id


def _told(line: Message) -> Told:
    files = tuple(filter(None, map(kept, line.attachments)))
    author = "system" if line.note else line.author
    return Told(str(line.pk), author, line.text, files, line.created_at)  # type: ignore[arg-type]


def _account() -> Agent | None:
    """The account that stands for the other desk's people here; `settings.DESK_ACCOUNT` names it."""
    found = get_user_model().objects.filter(username=settings.DESK_ACCOUNT, is_active=True).first()
    return Agent(found.pk, found.get_full_name() or found.get_username()) if found else None


def obey(desk: Desk, heard: Heard) -> UUID | None:
    """Carry out what the other desk said, once; the conversation it was about, None for one that is not ours.

    Raises DeskError (final) where no account stands for its people.
    """
    handed = Handed.objects.filter(desk=desk.name, external_id__endswith=f"/{heard.external_id}").first()
    if handed is None:
        return None
    account = _account()
    if account is None:
        raise DeskError(f"There is no account {settings.DESK_ACCOUNT!r}: make one in the group `agents`.", final=True)
    try:
        with transaction.atomic():
            DeskEvent.objects.create(desk=desk.name, name=heard.name)
            _carry_out(handed.conversation_id, account, heard)
    except IntegrityError:
        log.info("%s said %s twice", desk.name, heard.kind)
    return handed.conversation_id


def _carry_out(conversation_id: UUID, account: Agent, heard: Heard) -> None:
    conversation = lock(conversation_id)
    agent = Agent(account.id, heard.agent or account.name)
    if heard.kind in ("reply", "note"):
        text = "\n".join([heard.text, *(f"📎 {url}" for _kind, url in heard.files)]).strip()[: actions.TEXT_LIMIT]
        if text:
            _write(agent, conversation, text, note=heard.kind == "note")
    elif heard.kind == "resolved" and conversation.owner not in (BOT, NOBODY):
        ownership.resolve(conversation_id, agent.owner)
    elif heard.kind == "to_bot" and conversation.owner not in (BOT, NOBODY):
        ownership.give_back(conversation_id, agent.owner)


def _write(agent: Agent, conversation: Conversation, text: str, *, note: bool) -> None:
    """A reply that our rules refuse (a closed window, a colleague at our own desk) stays as a note that says so."""
    try:
        actions.write(agent, conversation.pk, text, note=note)
    except (actions.Refused, actions.Taken) as refused:
        actions.write(agent, conversation.pk, f"{refused}\n\n{text}"[: actions.TEXT_LIMIT], note=True)
