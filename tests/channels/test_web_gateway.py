"""The web channel behind the gateway: the same suite as every other, through the door that pages use."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import AsyncClient, Client

from bot.conversations.models import Message
from bot.conversations.receive import conversation_for
from bot.dialogue.scripted import ScriptedDialogue
from channels.base import ChannelAdapter, Inbound
from tests.channels import test_web
from tests.channels.contract import NOW
from tests.channels.gateway_contract import GatewayContract


class WebOnItsPage(test_web.TestWeb):
    """What went out is what the visitor's page reads."""

    __test__ = False

    def received(self, adapter: ChannelAdapter) -> list[str]:
        with ThreadPoolExecutor(1) as browser:
            return browser.submit(self._read).result()

    def _read(self) -> list[str]:
        answer = Client().get("/web/messages", headers=dict(self.genuine(b"").headers))
        connection.close()
        return [line["text"] for line in answer.json()["messages"] if line["author"] != "customer"]


class TestWebInTheGateway(GatewayContract):
    channel = WebOnItsPage
    door = "/web/messages"
    taken, refused = 202, 401
    # A visitor who has heard enough closes the page: nobody is written to there unasked.
    stops_by_a_word = False

    @pytest.fixture(autouse=True)
    def opened(self, connected: None) -> Iterator[None]:
        """The visitor's page is open, as after POST /web/session."""
        hello: dict[str, Any] = {"channel": "web", "account": self.adapter.account, "external_id": test_web.VISITOR}
        with transaction.atomic():
            conversation_for(Inbound(**hello, event_id="session", kind="membership", occurred_at=NOW, language="es"))
        yield

    async def test_a_button_of_long_ago_is_answered(self, engine: ScriptedDialogue) -> None:
        """A page shows only buttons of its own conversation: one that was never offered is refused."""
        request = self.its.genuine(b'{"client_id": "message-1", "choice": "never-offered"}')
        answer = await AsyncClient().post(
            self.door, request.body, content_type="application/json", headers=request.headers
        )
        assert answer.status_code == 422 and "never offered" in answer.content.decode()
        assert engine.asked == [] and not await Message.objects.aexists()
