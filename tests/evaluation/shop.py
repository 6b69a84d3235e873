"""The shop behind the system: a key to its staff API, and its orders as they were before anybody wrote."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import django
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

from tests.evaluation.dialogues import Performance

TOKEN = "POSTVENTA_API_TOKEN"


class CommandFailed(Exception):
    """A management command did not work; the text is the end of what it said."""


def manage(*arguments: str) -> str:
    """Run a command of `manage.py` here: this process has to have the environment of the running system. Starting a
    process for each took longer than the dialogues between them. Raises `CommandFailed`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.settings")
    if not apps.ready:
        django.setup()
    said = io.StringIO()
    try:
        call_command(*arguments, stdout=said)
    except (CommandError, DatabaseError) as error:
        raise CommandFailed(f"manage.py {' '.join(arguments)}: {error}") from error
    finally:
        connections.close_all()
    return said.getvalue().strip()


@dataclass(frozen=True)
class Shop:
    """`ours`: the key was made here, so `manage.py` works on the very database of the running system."""

    token: str
    ours: bool

    async def afresh(self) -> None:
        """Forget the demo orders' cases, contacts and locks, and date the orders for today. Raises `CommandFailed`."""
        await asyncio.to_thread(manage, "load_demo", "--reset")


async def enter(token: str) -> Shop:
    """With the given key, that of the environment, or a new one of the demo's agent. Raises `CommandFailed`."""
    if known := token or os.environ.get(TOKEN, ""):
        return Shop(known, ours=False)
    return Shop((await asyncio.to_thread(manage, "api_token", "ana", "--label", "eval")).splitlines()[-1], ours=True)


@dataclass(frozen=True)
class Wave:
    """Dialogues that can be played at the same time. `afresh`: the shop should be put back before them."""

    performances: list[Performance]
    afresh: bool = True


def waves(performances: Sequence[Performance]) -> Iterator[Wave]:
    """Every dialogue, in waves in which no two touch the same order or speak with the same identity.

    The shop remembers what happened to an order (an open case, a third contact, a lock after wrong tries). Where a
    dialogue expects a third contact, all about its order are played in the order of the file on the shop as they
    leave it; all others begin with the shop as it was. Those that lock an order come last, for shops that cannot be
    put back.
    """
    remembering = _remembering(performances)
    for channel in dict.fromkeys(one.channel for one in performances):
        mine = [one for one in remembering if one.channel == channel]
        yield from (Wave(wave, afresh=number == 0) for number, wave in enumerate(_apart(mine)))
    others = [one for one in performances if one not in remembering]
    for locking in (False, True):
        yield from map(Wave, _apart([one for one in others if one.dialogue.locks_orders is locking]))


def _remembering(performances: Sequence[Performance]) -> list[Performance]:
    third = [one for one in performances if one.dialogue.expect.reason_code == "third_contact"]
    orders = {order for one in third for order in one.dialogue.orders}
    return [one for one in performances if one.dialogue.orders & orders]


def _apart(waiting: Sequence[Performance]) -> Iterator[list[Performance]]:
    while waiting:
        wave: list[Performance] = []
        later: list[Performance] = []
        taken: set[str] = set()
        for one in waiting:
            mine = {*one.dialogue.orders, f"{one.channel} {one.identity}"} - {"web "}
            (later if taken & mine else wave).append(one)
            taken |= mine
        waiting = later
        yield wave
