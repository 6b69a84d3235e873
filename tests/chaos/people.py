"""Customers on every channel, each patient with a bad network, and Ana who answers whoever asks for a person."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

import httpx
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.models import BOT, Conversation, Handoff, Message
from bot.sandbox.models import ProviderMessage
from channels.mail.sandbox import ADDRESS, DOOR_SECRET
from tests.chaos.scripts import Script, cases_of
from tests.chaos.wire import Wire

CHANNELS = ("web", "whatsapp", "telegram", "messenger", "instagram", "mail")
LOOK = 0.25
# Without any trouble about; while there is, a customer of these waits for ever.
PATIENCE = 120.0
TRIES = 4


class Stuck(Exception):
    """A conversation did not come to rest; the text says where it stands."""


def external_id(channel: str, number: int) -> str:
    """What the provider calls the customer with that number."""
    return {
        "web": "",
        "whatsapp": f"+34699{number:06d}",
        "telegram": f"79{number:07d}",
        "messenger": f"70000000{number:08d}",
        "instagram": f"90000000{number:08d}",
        "mail": f"cliente{number}@correo.example",
    }[channel]


@dataclass
class Talk:
    """One customer going through one script. `said` are all their lines, in order; `name` is the identity's."""

    script: Script
    channel: str
    number: int
    wire: Wire
    order: str = ""
    name: str = ""
    token: str = ""
    said: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def title(self) -> str:
        return f"{self.script.name} on {self.channel} ({self.number})"

    async def go(self) -> None:
        """Say everything, and once more where it did not come to what was wanted."""
        await self._begin()
        for _ in range(TRIES):
            for line in self.script.lines:
                for text in line:
                    await self._say(text.format(order=self.order))
                    # People need a moment between two lines.
                    await asyncio.sleep(0.05)
                await self.settled()
            if not self.order or await on_database(cases_of, self.order):
                return

    async def _say(self, text: str) -> None:
        self.said.append(text)
        if self.channel == "web":
            await self._post("/web/messages", {"client_id": uuid.uuid4().hex, "text": text}, 202)
        elif self.channel == "mail":
            raw = await on_database(self._mail, text)
            headers = {"content-type": "message/rfc822", "x-mail-secret": DOOR_SECRET}
            self.wire.bring("/channels/mail/webhook", headers, raw)
        else:
            url = f"{self.wire.provider}/sandbox/api/{self.channel}/{self.name}"
            (await self.wire.client.post(url, json={"text": text})).raise_for_status()

    async def _begin(self) -> None:
        self.name = external_id(self.channel, self.number)
        if self.channel != "web":
            return
        begun = await self._post("/web/session", {"language": "es"}, 201)
        self.token = begun["token"]
        found = await on_database(Conversation.objects.select_related("identity").get, pk=begun["conversation"])
        self.name = found.identity.external_id

    async def _post(self, path: str, body: dict[str, Any], wanted: int) -> dict[str, Any]:
        """As the widget does it: the same again until the shop has answered."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        begun = time.monotonic()
        while not self.wire.patience_ends(begun, PATIENCE):
            try:
                answer = await self.wire.client.post(self.wire.address + path, json=body, headers=headers)
                if answer.status_code == wanted:
                    return dict(answer.json())
                if 400 <= answer.status_code < 500:
                    raise Stuck(f"{path}: {answer.status_code} {answer.text[:200]}")
            except (httpx.HTTPError, ValueError):
                pass
            await asyncio.sleep(0.4)
        raise Stuck(f"{path} was never taken")

    def _mail(self, text: str) -> bytes:
        last = ProviderMessage.objects.filter(phone__channel="mail", phone__identity=self.name, from_customer=False)
        answered = last.order_by("-pk").first()
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = self.name, ADDRESS
        mail["Message-ID"] = f"<{uuid.uuid4().hex}@mail.example.com>"
        mail["Date"] = format_datetime(timezone.now())
        if answered:
            mail["In-Reply-To"] = mail["References"] = str(answered.request.get("Message-ID", ""))
            mail["Subject"] = str(answered.request.get("Subject", ""))
        mail.set_content(text)
        return mail.as_bytes()

    async def settled(self) -> None:
        """Wait until all was received and nothing is due, with a person as well. Raises `Stuck`."""
        begun = time.monotonic()
        while not self.wire.patience_ends(begun, PATIENCE):
            if await on_database(self._at_rest):
                return
            await asyncio.sleep(LOOK)
        raise Stuck(await on_database(self._where))

    def _conversations(self) -> Any:
        return Conversation.objects.filter(
            messages__identity__channel=self.channel, messages__identity__external_id=self.name
        ).distinct()

    def _at_rest(self) -> bool:
        mine = Message.objects.filter(
            identity__channel=self.channel, identity__external_id=self.name, author=Message.Author.CUSTOMER
        )
        if mine.count() < len(self.said):
            return False
        return all(
            each.owner == BOT and not each.turn_due_at and not each.outbox_due_at for each in self._conversations()
        )

    def _where(self) -> str:
        lines = Message.objects.filter(identity__external_id=self.name, author=Message.Author.CUSTOMER).count()
        states = [
            f"owner {each.owner!r}, turn due {each.turn_due_at}, outbox due {each.outbox_due_at}"
            for each in self._conversations()
        ]
        return f"{self.title}: said {len(self.said)}, stored {lines}; {states}"


async def ana(wire: Wire, token: str, stop: asyncio.Event) -> None:
    """Take whoever waits, answer once, and give them back to the bot."""
    headers = {"authorization": f"Bearer {token}"}

    async def do(conversation: str, verb: str, **body: Any) -> bool:
        try:
            url = f"{wire.shop}/api/conversations/{conversation}/{verb}"
            answer = await wire.client.post(url, json=body, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.is_success

    while not stop.is_set():
        for conversation, handoff in await on_database(_with_a_person):
            if await do(conversation, "reply", text="Hola, soy Ana. Ya está resuelto.", key=f"handoff-{handoff}"):
                await do(conversation, "return", note="")
        await asyncio.sleep(LOOK)


def _with_a_person() -> list[tuple[str, int]]:
    """Who waits for a person or has one, and the handoff's number: an answer that got lost is not given twice."""
    waiting = Handoff.objects.filter(state__in=Handoff.OPEN).order_by("pk")[:20]
    return [(str(each.conversation_id), each.pk) for each in waiting]


def draw(chance: random.Random, number: int) -> str:
    """The channel of the conversation with that number: every one in turn, in an order of its own."""
    return CHANNELS[number % len(CHANNELS)] if number < len(CHANNELS) else chance.choice(CHANNELS)
