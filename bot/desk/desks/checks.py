"""What another desk needs before it can take handoffs; Django runs this at every start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from bot.desk.desks import registry


@register()
def desk_can_take_handoffs(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """A handoff to a desk that nobody connected would leave customers waiting for ever."""
    if settings.DESK not in registry.DESKS:
        known = ", ".join(registry.DESKS)
        return [Error(f"POSTVENTA_DESK is {settings.DESK!r}.", hint=f"Known are: {known}.", id="postventa.E010")]
    if registry.desk(settings.DESK).configured():
        return []
    hint = "Set CHATWOOT_URL, CHATWOOT_ACCOUNT, CHATWOOT_INBOX, CHATWOOT_BOT_TOKEN and CHATWOOT_WEBHOOK_SECRET."
    return [Error(f"POSTVENTA_DESK is {settings.DESK!r}, but it is not connected.", hint=hint, id="postventa.E011")]
