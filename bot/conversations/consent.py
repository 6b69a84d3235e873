"""Whether a customer wants our messages on a channel: stopped by a word or a block, taken up again by a word.

While stopped nothing goes out, whoever wrote it, but for one line that says so and how to change it. The customer's own
messages are still taken in, so that danger or an agent's eye is not lost.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from bot.conversations import notices
from bot.conversations.models import BOT, NOBODY, Conversation, Identity, Message, record
from bot.conversations.writing import append
from channels.base import Inbound

OPT_IN = "gateway:opt_in"
REMINDED_EVERY = timedelta(hours=12)


def change(conversation: Conversation, inbound: Inbound, text: str) -> Message | None:
    """Note what the customer wants; the caller holds the conversation.

    Gives the customer's line where the wish was all of it and has been answered here. A "start" by somebody who never
    stopped us is an ordinary greeting and gives None.
    """
    before, now = conversation.identity.stopped, _stopped(inbound)
    if before == now and inbound.membership not in ("blocked", "opted_out"):
        return None
    _set(conversation, now, inbound.membership)
    if inbound.membership not in ("opted_out", "opted_in"):
        return None
    message = append(conversation, Message.Author.CUSTOMER, text)
    if now:
        _tell(conversation)
    else:
        resume(conversation)
    conversation.answered_seq = conversation.last_seq
    conversation.turn_due_at = None
    conversation.save()
    return message


def _stopped(inbound: Inbound) -> str:
    return inbound.membership if inbound.membership in ("blocked", "opted_out") else ""


def _set(conversation: Conversation, stopped: str, membership: str) -> None:
    Identity.objects.filter(pk=conversation.identity_id).update(stopped=stopped)
    conversation.identity.stopped = stopped
    record(conversation, "membership", "customer", membership=membership)


def resume(conversation: Conversation) -> None:
    """The customer takes our messages up again; the caller holds the conversation."""
    if conversation.identity.stopped:
        _set(conversation, "", "opted_in")
    if conversation.owner in (BOT, NOBODY):
        append(conversation, Message.Author.SYSTEM, notices.opted_in(conversation.language))


def remind(conversation: Conversation) -> None:
    """A customer who stopped us writes again and would wait in vain: say so, but not with every line."""
    if conversation.identity.stopped != "opted_out":
        return
    since = timezone.now() - REMINDED_EVERY
    told = conversation.messages.filter(author=Message.Author.SYSTEM, created_at__gt=since).exclude(payloads={})
    if not any(OPT_IN in line.payloads.values() for line in told):
        _tell(conversation)


def _tell(conversation: Conversation) -> None:
    notice = notices.opted_out(conversation.language)
    append(conversation, Message.Author.SYSTEM, notice.text, options=notice.options(OPT_IN))


def allowed(message: Message) -> bool:
    """The one line that goes out to a customer who wants none: the one that says so."""
    return message.author == Message.Author.SYSTEM and OPT_IN in message.payloads.values()
