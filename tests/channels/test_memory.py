"""The channel that is a list passes the same suite as the real ones."""

from __future__ import annotations

import json
from typing import Any

from channels.base import ChannelAdapter, ChannelError, ErrorKind, MediaRef, Part, RawRequest
from channels.memory.adapter import MemoryAdapter
from tests.channels.contract import NOW, ChannelContract
from tests.channels.gateway_contract import GatewayContract
from tests.channels.standins import JPEG


class TestMemory(ChannelContract):
    kind = "memory"
    secrets = ("memory-secret-1",)
    customers = ("lucia", "x" * 160)

    def make(self) -> ChannelAdapter:
        adapter = MemoryAdapter("memory-secret-1", now=lambda: NOW)
        adapter.files["photo"] = JPEG
        return adapter

    def genuine(self, body: bytes) -> RawRequest:
        return RawRequest(method="POST", path="/", headers={"x-memory-secret": "memory-secret-1"}, body=body)

    def forged(self, body: bytes) -> dict[str, RawRequest]:
        request = self.genuine(body)
        tellings = {"none": {}, "empty": {"x-memory-secret": ""}, "short": {"x-memory-secret": "memory-secret-"}}
        return {name: request.model_copy(update={"headers": headers}) for name, headers in tellings.items()}

    def says(self, words: str, event: str = "1") -> bytes:
        return json.dumps({"id": event, "from": "lucia", "text": words}).encode()

    def shown(self, part: Part) -> str:
        media = part.payload.get("media")
        return str(part.payload.get("text", "")) or str(media["ref"] if media else "")

    def offered(self, part: Part) -> list[str]:
        return [choice["id"] for choice in part.payload.get("choices", [])]

    def refusals(self) -> list[tuple[str, Any, ErrorKind]]:
        kinds: list[ErrorKind] = ["retry", "rate", "optout", "uncertain"]
        return [(kind, ChannelError(kind, "as prepared"), kind) for kind in kinds]

    def refuse(self, adapter: ChannelAdapter, answer: Any) -> None:
        assert isinstance(adapter, MemoryAdapter)
        adapter.fail_next(answer)

    def photo(self) -> MediaRef:
        return MediaRef(kind="image", ref="photo")

    def received(self, adapter: ChannelAdapter) -> list[str]:
        assert isinstance(adapter, MemoryAdapter)
        return [str(part.payload["text"]) for part in adapter.sent]

    async def test_what_was_sent_can_be_read(self) -> None:
        adapter = MemoryAdapter()
        (part,) = adapter.render(self.out("Hola, Marc"), True)
        await adapter.send(part)
        assert self.received(adapter) == ["Hola, Marc"]


class TestMemoryInTheGateway(GatewayContract):
    channel = TestMemory
    pressed = "choice"
