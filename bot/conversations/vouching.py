"""What a channel itself proves about who is writing, with every single message."""

from __future__ import annotations

from collections.abc import Mapping

from bot.conversations.models import Identity
from channels import registry
from channels.web import tokens


def vouched(identity: Identity) -> Mapping[str, str] | None:
    """The address that the channel vouches for, or None: a web visitor is anybody, WhatsApp may hide a phone, and the
    sender of a mail can be forged.

    Somebody signed in on the shop's pages is known by the shop's own id of them.
    """
    address = {"whatsapp": identity.phone, "web": tokens.subject(identity.external_id)}.get(
        identity.channel, identity.external_id
    )
    proven = identity.channel == "web" or registry.proven(identity.channel)
    return {"channel": identity.channel, "address": address} if address and proven else None
