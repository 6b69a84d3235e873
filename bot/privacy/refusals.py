"""Who wants none of our messages stays unwritten to after they were forgotten: by a keyed digest of their address."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from bot.conversations.models import Identity
from bot.privacy.models import Refusal

NOTHING, NO_REMINDERS = "nothing", "no_reminders"


def digest(channel: str, address: str) -> str:
    """The address on that channel, however its letters are written, as nobody without our secret can find it again."""
    text = f"{channel}:{address.strip().casefold()}"
    return hmac.new(settings.PRIVACY_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def keep(identity: Identity, wants: str, how: str = "", since: datetime | None = None) -> None:
    """Remember what somebody at this identity does not want; the stronger refusal stays."""
    told = {"wants": wants, "how": how, "since": since or timezone.now()}
    for each in _digests(identity):
        present, created = Refusal.objects.get_or_create(digest=each, defaults=told)
        if not created and present.wants != NOTHING and wants == NOTHING:
            present.wants, present.how = wants, how
            present.save()


def wants(channel: str, address: str) -> str:
    """What somebody at this address does not want: `nothing`, `no_reminders`, or "" where they said nothing."""
    found = Refusal.objects.filter(digest=digest(channel, address)).first()
    return found.wants if found else ""


def remember(sender: type[Identity], instance: Identity, created: bool, **kwargs: Any) -> None:
    """Receiver of `post_save` on Identity: an address that comes back is still one that wants none of our messages.

    From then on the identity itself says so, and a "start" takes our messages up again as at any time.
    """
    if not created and not instance.phone:
        return
    found = list(Refusal.objects.filter(digest__in=_digests(instance)))
    if not found:
        return
    strongest = next((each for each in found if each.wants == NOTHING), found[0])
    with transaction.atomic():
        if strongest.wants == NOTHING:
            instance.stopped = strongest.how or "opted_out"
            Identity.objects.filter(pk=instance.pk).update(stopped=instance.stopped)
        import_string(settings.NO_REMINDERS)(f"customer:{instance.customer_id}", strongest.since)
        Refusal.objects.filter(pk__in=[each.pk for each in found]).delete()


def _digests(identity: Identity) -> set[str]:
    named = {identity.external_id, identity.phone, identity.external_id.removeprefix(f"{identity.channel}:")}
    return {digest(identity.channel, each) for each in named if each}
