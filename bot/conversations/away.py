"""When nobody is there: the customer may be called back, be written to by mail, or go on with the assistant.

What they write while they wait is read for a telephone number or an address, if they were asked for one.
"""

from __future__ import annotations

import re

import phonenumbers
from django.conf import settings

from bot.conversations import notices
from bot.conversations.calls import tasks
from bot.conversations.models import QUEUE, Conversation, Event, Message, record
from bot.conversations.writing import append

MAIL = re.compile(r"[^\s@,;<>()\"']{1,64}@[^\s@,;<>()\"']{1,190}\.[A-Za-z]{2,24}")


def can_be_called(conversation: Conversation) -> bool:
    """Whether the channel itself tells the customer's number, so that one press is enough."""
    return bool(conversation.identity.phone)


def offered(conversation: Conversation) -> bool:
    """Whether the customer has been offered a call or a mail since they came into the queue, and not taken it yet."""
    told = conversation.events.filter(kind__in=["owner", "offer_contact", "contact"]).order_by("-pk")
    newest: Event | None = told.first()
    return newest is not None and newest.kind == "offer_contact"


def offer(conversation: Conversation, reason: str) -> None:
    """Note that the notice just written offers a call or a mail; the caller holds the conversation."""
    record(conversation, "offer_contact", "system", reason=reason)


def call_me(conversation: Conversation) -> None:
    """The customer pressed the button: call the number that the channel knows, or ask for one."""
    if conversation.owner != QUEUE:
        return
    if not can_be_called(conversation):
        offer(conversation, "asked")
        append(conversation, Message.Author.SYSTEM, notices.which_number(conversation.language))
        return
    _call(conversation, conversation.identity.phone)


def read(conversation: Conversation, message: Message) -> None:
    """Take a number or an address from what a waiting customer writes; everything else stays for the agent."""
    if conversation.owner != QUEUE or not offered(conversation):
        return
    if phone := _phone(message.text):
        _call(conversation, phone)
    elif mail := MAIL.search(message.text):
        record(conversation, "contact", "customer", mail=True, seq=message.seq)
        append(conversation, Message.Author.SYSTEM, notices.will_write(conversation.language, mail.group(0)))


def _phone(text: str) -> str:
    """The first number in the text that can be called, as E.164."""
    found = phonenumbers.PhoneNumberMatcher(text[:500], settings.SHOP_PHONE_REGION)
    match = next(iter(found), None)
    return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164) if match else ""


def _call(conversation: Conversation, phone: str) -> None:
    try:
        tasks.ask(conversation.pk, phone, "customer")
    except tasks.BadCall as error:
        append(conversation, Message.Author.SYSTEM, str(error))
        return
    conversation.refresh_from_db()
    record(conversation, "contact", "customer", phone=True)
