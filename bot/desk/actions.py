"""What an agent may do to a conversation. Ownership is kept by `bot.conversations`; here is who may ask for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from bot.conversations import outbox, ownership, templates
from bot.conversations.media import store
from bot.conversations.models import Conversation, Delivery, Handoff, Message
from bot.conversations.writing import lock
from bot.desk.access import Agent, display_name
from bot.desk.limits import limits
from bot.desk.models import Written
from bot.desk.refusals import Refused as Refused
from bot.desk.refusals import Taken as Taken
from bot.desk.tools import canned, citing, uploads

TEXT_LIMIT = 8_000


def clean(text: str, *, required: bool = True) -> str:
    """The text as it is stored: without NUL and space around it; raises `Refused` when it is empty or too long."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if required and not text:
        raise Refused(_("There is nothing written yet."))
    if len(text) > TEXT_LIMIT:
        raise Refused(
            _("%(length)s characters are too many: up to %(limit)s can be sent at once. Send it in parts.")
            % {"length": len(text), "limit": TEXT_LIMIT}
        )
    return text


def take(agent: Agent, conversation_id: UUID, *, over: bool = False) -> Handoff:
    """Make the agent the owner; a colleague loses it only where `over` is set. Raises `Taken`."""
    try:
        return ownership.take(conversation_id, agent.id, agent_name=agent.name, over=over)
    except ownership.NotYours as error:
        raise Taken(holder(conversation_id)) from error


@dataclass(frozen=True)
class With:
    """What goes out with an agent's words: uploads by id, and the articles they rest on (`slug`)."""

    files: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()


@transaction.atomic
def write(
    agent: Agent, conversation_id: UUID, text: str, *, note: bool = False, key: str = "", along: With | None = None
) -> Message:
    """Reply to the customer or leave a note for colleagues. The same `key` again gives the message it gave before."""
    along = along or With()
    conversation = lock(conversation_id)
    if key and (earlier := Written.objects.filter(agent=agent.id, key=key).select_related("message").first()):
        return earlier.message
    text = clean(text, required=not along.files)
    if not note:
        not_a_colleagues(agent, conversation)
        if reason := limits(conversation).why_not:
            raise Refused(reason)
        if gaps := canned.unfilled(text):
            raise Refused(_("Fill in what is still open: %(gaps)s.") % {"gaps": ", ".join(gaps)})
    media = uploads.chosen(agent, conversation, along.files, note=note)
    citations = citing.citations(along.articles, conversation.language)
    message = ownership.reply(
        conversation_id, agent.id, text, agent_name=agent.name, note=note, citations=citations
    )  # fmt: skip
    if media:
        store.attach(media, message)
    if key:
        Written.objects.create(agent_id=agent.id, key=key, message=message)
    return message


@transaction.atomic
def write_template(agent: Agent, conversation_id: UUID, name: str, values: Mapping[str, str]) -> Message:
    """Send an approved template, filled in: what a channel takes when its reply window is closed. Raises `Refused`."""
    conversation = lock(conversation_id)
    not_a_colleagues(agent, conversation)
    allowed_now = limits(conversation)
    if allowed_now.why_not and not allowed_now.templates:
        raise Refused(allowed_now.why_not)
    try:
        text, template = templates.all_templates()[name].fill(conversation.language, values)
    except KeyError:
        raise Refused(_("There is no template called %(name)s.") % {"name": name}) from None
    except templates.BadValue as error:
        raise Refused(str(error)) from error
    return ownership.reply(conversation_id, agent.id, text, agent_name=agent.name, template=template)


@transaction.atomic
def give_back(agent: Agent, conversation_id: UUID, note: str = "") -> Handoff | None:
    """Return the conversation to the bot, with a note for whoever sees it next."""
    note = clean(note, required=False)
    not_a_colleagues(agent, lock(conversation_id))
    return ownership.give_back(conversation_id, agent.owner, note)


@transaction.atomic
def resolve(agent: Agent, conversation_id: UUID, note: str = "") -> Handoff | None:
    note = clean(note, required=False)
    not_a_colleagues(agent, lock(conversation_id))
    return ownership.resolve(conversation_id, agent.owner, note)


@transaction.atomic
def release(agent: Agent, conversation_id: UUID) -> Handoff | None:
    """Put the agent's own conversation back into the queue."""
    not_a_colleagues(agent, lock(conversation_id))
    return ownership.release(conversation_id, agent.owner)


@transaction.atomic
def send_again(agent: Agent, conversation_id: UUID, delivery_id: int, *, sure: bool = False) -> None:
    """Repeat a delivery that failed. One of which nobody knows whether it arrived is repeated only where the agent is
    `sure` that the customer may see it twice. Raises `Refused`, `Taken` and `Delivery.DoesNotExist`."""
    conversation = lock(conversation_id)
    delivery = Delivery.objects.get(pk=delivery_id, conversation=conversation_id)
    not_a_colleagues(agent, conversation)
    if delivery.state == "uncertain" and not sure:
        raise Refused(_("Nobody knows whether the customer got this; ask them, or say that it may arrive twice."))
    if reason := limits(conversation).why_not:
        raise Refused(reason)
    outbox.send_again(delivery.pk)


def not_a_colleagues(agent: Agent, conversation: Conversation) -> None:
    """Raises `Taken` where somebody else has the conversation."""
    if conversation.agent_id and conversation.agent_id != agent.id:
        raise Taken(name_of(conversation.agent_id))


def holder(conversation_id: UUID) -> str:
    """The name of the agent who has the conversation, "" where none has it."""
    return name_of(Conversation.objects.get(pk=conversation_id).agent_id)


def name_of(agent_id: int | None) -> str:
    account: Any = get_user_model().objects.filter(pk=agent_id).first() if agent_id else None
    return display_name(account) if account else ""


def allowed(agent: Agent, conversation: Conversation) -> frozenset[str]:
    """The verbs that make sense now: what the page offers and what the API would accept."""
    if not conversation.owner:
        return frozenset({"note", "take"})
    if conversation.agent_id and conversation.agent_id != agent.id:
        return frozenset({"note", "take_over"})
    if conversation.owner == agent.owner:
        verbs = {"reply", "note", "return", "release", "resolve", "retry", "transfer", "snooze", "join"}
        # What was passed on waits for a yes.
        offered = conversation.handoffs.filter(state=Handoff.State.ASSIGNED).exists()
        return frozenset(verbs | {"take"} if offered else verbs)
    verbs = {"reply", "note", "take", "resolve", "retry", "transfer", "join"}
    return frozenset(verbs | {"return"} if conversation.owner == "queue" else verbs)
