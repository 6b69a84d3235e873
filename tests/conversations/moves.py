"""How the people of these tests take a conversation with them."""

from __future__ import annotations

import itertools
import re
from typing import Any

from bot.conversations import outbox, turns, worker
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Identity
from bot.conversations.receive import Received, receive
from tests.conversations.people import Page, inbound, settled

CODE = re.compile(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}")
_events = itertools.count(1)


def code_in(text: str) -> str:
    found = CODE.search(text)
    assert found, f"no code in {text!r}"
    return found[0]


class Phone:
    """Somebody's phone on the in-memory channel."""

    def __init__(self, adapter: Any, sender: str = "lucia") -> None:
        self.adapter, self.sender = adapter, sender

    async def write(self, text: str, **more: Any) -> Received:
        """Deliver what was written, and nothing else yet."""
        return await on_database(receive, inbound(text, f"event-{next(_events)}", self.sender, **more))

    async def say(self, text: str, **more: Any) -> Received:
        """Write, and let everything that follows from it happen."""
        received = await self.write(text, **more)
        await everything(received)
        return received

    def heard(self) -> list[str]:
        return [part.payload["text"] for part in self.adapter.sent if part.to == self.sender]

    def choices(self) -> list[dict[str, str]]:
        """The buttons of everything that was sent, oldest first."""
        sent = [part for part in self.adapter.sent if part.to == self.sender]
        return [choice for part in sent for choice in part.payload.get("choices", ())]

    async def press(self, label: str) -> Received:
        button = next(choice for choice in reversed(self.choices()) if choice["label"] == label)
        return await self.say("", kind="callback", action=button["id"])

    async def identity(self) -> Identity:
        return await Identity.objects.aget(channel="memory", external_id=self.sender)


async def everything(received: Received | None = None) -> None:
    """Run what is due now, as the worker would."""
    await settled()
    if received and received.conversation_id:
        await turns.run(received.conversation_id)
        await outbox.deliver(received.conversation_id)
    await worker.sweep()


async def ask_for_code(page: Page, channel: str = "memory") -> str:
    """The customer asks on the page to go on elsewhere, and reads the code."""
    await page.say(f"seguir por {channel}")
    return code_in((await page.said("system"))[-1])


async def move_to(page: Page, phone: Phone) -> Conversation:
    await phone.say(await ask_for_code(page))
    conversation = await page.reload()
    assert conversation.channel == "memory"
    return conversation


async def press_on(page: Page, label: str) -> None:
    lines = (await page.read())["messages"]
    choice = next(choice for line in reversed(lines) for choice in line["choices"] if choice["label"] == label)
    await page.say("", choice=choice["id"])
    await everything()
