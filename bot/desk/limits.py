"""What the customer's channel allows at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from bot.conversations.models import Conversation
from channels import registry


@dataclass(frozen=True)
class Limits:
    """`why_not` is empty where a reply can be sent. `closes_at` (UTC) is None on channels without a reply window.

    `templates`: an approved template can be sent all the same.
    """

    why_not: str = ""
    closes_at: datetime | None = None
    templates: bool = False

    @property
    def can_reply(self) -> bool:
        return not self.why_not


def limits(conversation: Conversation) -> Limits:
    """Read the channel's capabilities against what the customer last did."""
    identity = conversation.identity
    if identity.stopped == "blocked":
        return Limits(_("The customer has blocked us on this channel."))
    if identity.stopped:
        return Limits(_("The customer has asked for no more messages on this channel."))
    try:
        caps = registry.adapter(conversation.channel).caps
    except (KeyError, registry.NotConfigured):
        return Limits(_("This channel is not connected at the moment."))
    if caps.reply_window is None:
        return Limits()
    closes_at = caps.closes_at(identity.last_inbound_at, person=True)
    if closes_at is None:
        return Limits(_("The customer has not written yet, and this channel lets only them begin."))
    if closes_at <= timezone.now():
        # WhatsApp takes free text for 24 hours after the customer's last message, and templates only after that;
        # Messenger and Instagram take a person's answer for 7 days.
        why_not = _("The channel's reply window is closed: it opens again when the customer writes.")
        return Limits(why_not, closes_at, caps.templates)
    return Limits(closes_at=closes_at)
