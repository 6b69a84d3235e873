"""Which dialogue engine this installation talks to."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from django.conf import settings

from bot.dialogue.base import Dialogue
from bot.dialogue.rasa import RasaDialogue

# An HTTP connection belongs to the event loop that opened it.
_engines: WeakKeyDictionary[asyncio.AbstractEventLoop, Dialogue] = WeakKeyDictionary()


def dialogue() -> Dialogue:
    """The engine for the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _engines:
        _engines[loop] = RasaDialogue(
            settings.RASA_URL, settings.RASA_TOKEN, settings.DIALOGUE_DEADLINE.total_seconds()
        )
    return _engines[loop]
