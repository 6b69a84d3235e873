"""What the dialogue asks the gateway to do beside speaking: hand over, end, note a gap, call back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_datetime

from bot.conversations import customers, ownership
from bot.conversations.calls import tasks
from bot.conversations.models import Conversation, Identity, Message, record
from bot.conversations.writing import append, lock
from bot.dialogue.base import Answer, Command

log = logging.getLogger(__name__)


def know_customer(identity: Identity, answer: Answer) -> None:
    """Keep who the dialogue has just proven the customer to be, where they proved it."""
    proven, by = str(answer.facts.get("customer") or ""), str(answer.facts.get("verified") or "")
    if proven and by in customers.SURENESS and not customers.is_known(identity, proven, by):
        customers.prove(identity, proven, by, str(answer.facts.get("customer_name") or ""))


def obey(conversation: Conversation, command: Command, last: Message) -> None:
    """Carry out one command; `last` is the customer's line that the turn answers. The caller holds the conversation."""
    arguments = command.arguments
    if command.name == "handoff":
        ownership.request(
            conversation.pk,
            arguments.get("reason", "asked_for_person"),
            "bot",
            trigger=last.text,
            priority=arguments.get("priority"),
        )
    elif command.name == "leave_queue":
        ownership.leave_queue(conversation.pk)
    elif command.name == "resolve":
        ownership.resolve(conversation.pk, "bot")
    elif command.name == "call_back":
        _call_back(conversation, arguments)
    elif command.name == "rate":
        record(conversation, "rating", "customer", score=arguments["score"], seq=last.seq)
    elif command.name == "gap":
        record(conversation, "gap", "bot", seq=last.seq)
    else:
        log.error("conversation %s: the dialogue asked for an unknown command %r", conversation.pk, command.name)


def _call_back(conversation: Conversation, arguments: Mapping[str, Any]) -> None:
    """The customer wants to be called; without a number that can be called the dialogue has to ask for another."""
    wanted = parse_datetime(str(arguments.get("when") or ""))
    phone = str(arguments.get("phone") or conversation.identity.phone)
    try:
        tasks.ask(conversation.pk, phone, "bot", wanted if wanted and wanted.tzinfo else None,
                  about=str(arguments.get("about") or ""))  # fmt: skip
    except tasks.BadCall as error:
        log.warning("conversation %s: no call-back was made: %s", conversation.pk, type(error).__name__)
        append(lock(conversation.pk), Message.Author.SYSTEM, str(error))
