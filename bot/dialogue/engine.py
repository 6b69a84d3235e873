"""Which dialogue engine this installation talks to."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID
from weakref import WeakKeyDictionary

from django.conf import settings

from bot.dialogue.base import Dialogue
from bot.dialogue.rasa import RasaDialogue

# An HTTP connection belongs to the event loop that opened it.
_engines: WeakKeyDictionary[asyncio.AbstractEventLoop, Dialogue] = WeakKeyDictionary()
_standing_in: list[Dialogue] = []


def dialogue() -> Dialogue:
    """The engine for the running event loop."""
    if _standing_in:
        return _standing_in[-1]
    loop = asyncio.get_running_loop()
    if loop not in _engines:
        _engines[loop] = RasaDialogue(
            settings.RASA_URLS, settings.RASA_TOKEN, settings.DIALOGUE_DEADLINE.total_seconds()
        )
    return _engines[loop]


@contextmanager
def standing_in(engine: Dialogue) -> Iterator[Dialogue]:
    """Let another engine answer in this process, such as `ScriptedDialogue`."""
    _standing_in.append(engine)
    try:
        yield engine
    finally:
        _standing_in.remove(engine)


def forget(conversations: Collection[str]) -> int:
    """Make the engine forget these conversations; tells how many. For a thread without an event loop of its own.

    Raises `DialogueError` while the engine cannot be reached; what it forgot until then stays forgotten.
    """
    return asyncio.run(_forget(conversations)) if conversations else 0


async def _forget(conversations: Collection[str]) -> int:
    engine = dialogue()
    try:
        for each in conversations:
            await engine.forget(UUID(each))
    finally:
        if isinstance(engine, RasaDialogue):
            await engine.close()
    return len(conversations)
