"""Our own desk: it reads what is stored, so nothing has to be told to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from bot.desk.desks.base import Heard, Told, Unauthorized, Who


class OwnDesk:
    """`Desk` without another programme behind it."""

    name = "own"

    def configured(self) -> bool:
        return True

    async def open(self, who: Who, known_as: str, summary: str, about: Mapping[str, str]) -> str:
        return known_as or who.reference

    async def tell(self, external_id: str, line: Told) -> None:
        return None

    async def has(self, external_id: str, names: Sequence[str]) -> set[str]:
        return set(names)

    async def close(self, external_id: str, state: Literal["resolved", "bot"]) -> None:
        return None

    def authenticate(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        raise Unauthorized("Our own desk is not called from outside.")

    def parse(self, body: bytes) -> Sequence[Heard]:
        return ()
