"""What changes at the desk by itself: what was put aside comes back when the customer writes or somebody else has the
conversation, and what was joined stays together."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from bot.conversations.models import Event, Message
from bot.desk.tools import joining, snoozing
from bot.desk.tools.models import Join

log = logging.getLogger(__name__)


def customer_wrote(sender: type[Message], instance: Message, created: bool, **kwargs: Any) -> None:
    """Receiver of `post_save` on Message. What is put aside comes back in the very transaction of the message."""
    # What no agent has ever had in hand is neither put aside nor joined.
    if not created or instance.author != Message.Author.CUSTOMER or instance.conversation.epoch == 1:
        return
    snoozing.wake(instance.conversation, "customer")
    if Join.objects.filter(source=instance.conversation_id, undone_at=None).exists():
        # Whoever stores the message still holds the conversation and saves it once more.
        transaction.on_commit(partial(_together, instance.conversation_id))


def owner_changed(sender: type[Event], instance: Event, created: bool, **kwargs: Any) -> None:
    """Receiver of `post_save` on Event: whoever put the conversation aside no longer has it."""
    if created and instance.kind == "owner":
        snoozing.wake(instance.conversation, "owner")


def _together(conversation_id: UUID) -> None:
    try:
        joining.wrote_again(conversation_id)
    except Exception:
        log.exception("conversation %s: it could not be brought to where it was joined", conversation_id)
