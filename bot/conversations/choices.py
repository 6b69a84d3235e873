"""The choices that a conversation has offered, and which of them a customer's line means."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from bot.conversations.models import Conversation, Message
from bot.prepared import prepared
from channels.base import Inbound


def chosen(conversation: Conversation, inbound: Inbound) -> tuple[str, str, bool]:
    """Which offered choice this is, its payload, and whether it is a button of an earlier question.

    A choice counts while nothing has been answered after its offer. On channels that show choices as a numbered list
    the number, and everywhere the label, mean the same as the button.
    """
    offers = _offers(conversation.pk, conversation.answered_seq, conversation.identity_id)
    if inbound.action:
        for offer in offers:
            if inbound.action in offer.payloads:
                return inbound.action, offer.payloads[inbound.action], False
        return "", "", inbound.kind == "callback"
    said = inbound.text.strip().casefold().rstrip(".)")
    for place, offer in enumerate(offers):
        for number, option in enumerate(offer.choices, start=1):
            if said == option["label"].casefold() or (place == 0 and said == str(number)):
                return option["id"], offer.payloads[option["id"]], False
    return "", "", False


@prepared
def _offers(conversation: UUID, answered: int, identity: int) -> QuerySet[Message]:
    later = Message.objects.filter(conversation=conversation, seq__gt=answered, identity=identity)
    return later.exclude(author=Message.Author.CUSTOMER).exclude(choices=[]).order_by("-seq")


def label(conversation: Conversation, choice: str) -> str:
    offers = conversation.messages.exclude(choices=[]).order_by("-seq").values_list("choices", flat=True)[:20]
    return next((option["label"] for offer in offers for option in offer if option["id"] == choice), "")
