"""The web channel passes the common suite. Our own page is its provider, our database what the page reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from channels import text
from channels.base import (
    BadRequest,
    ChannelAdapter,
    ChannelError,
    ErrorKind,
    Inbound,
    MediaRef,
    Part,
    RawRequest,
    Unauthorized,
)
from channels.web import tokens
from channels.web.adapter import LONGEST_TEXT, WebAdapter
from tests.channels.contract import NOW, ChannelContract, golden
from tests.channels.samples import AWKWARD

SECRET = "the secret of these tests, long enough to sign with"
VISITOR = "visitor:lucia"
LATER = datetime(2099, 1, 1, tzinfo=UTC)


class TestWeb(ChannelContract):
    kind = "web"
    secrets = (SECRET,)
    customers = (VISITOR, "customer:" + "x" * 120)

    def make(self) -> ChannelAdapter:
        return WebAdapter(SECRET, timedelta(days=30), now=lambda: NOW)

    def genuine(self, body: bytes) -> RawRequest:
        return self.with_token(tokens.issue(SECRET, VISITOR, LATER), body)

    def with_token(self, token: str, body: bytes) -> RawRequest:
        headers = {"authorization": f"Bearer {token}"}
        return RawRequest(method="POST", path="/web/messages", headers=headers, body=body)

    def forged(self, body: bytes) -> dict[str, RawRequest]:
        good = tokens.issue(SECRET, VISITOR, LATER)
        told = {
            "empty": "", "cut off": good[:-3], "another secret": tokens.issue(SECRET[::-1], VISITOR, LATER),
            "expired": tokens.issue(SECRET, VISITOR, NOW), "no token": "visitor:lucia",
        }  # fmt: skip
        none = RawRequest(method="POST", path="/web/messages", headers={}, body=body)
        return {"none": none} | {name: self.with_token(token, body) for name, token in told.items()}

    def says(self, words: str, event: str = "1") -> bytes:
        return json.dumps({"client_id": f"message-{event}", "text": words}).encode()

    def events(self, payload: Path) -> Sequence[Inbound]:
        return self.make().parse(self.genuine(payload.read_bytes()))

    def shown(self, part: Part) -> str:
        sources = "".join(f" {each['title']}" for each in part.payload.get("citations", ()))
        return str(part.payload["text"]) + sources

    def offered(self, part: Part) -> list[str]:
        return [choice["id"] for choice in part.payload.get("choices", ())]

    def refusals(self) -> list[tuple[str, Any, ErrorKind]]:
        return []  # nobody is called, so nobody refuses

    def photo(self) -> MediaRef:
        return MediaRef(kind="image", ref="0b8f4c1e-6d5a-4c43-9d5e-1f1f6a2b7c3d")

    @pytest.mark.parametrize("words", AWKWARD, ids=range(len(AWKWARD)))
    def test_awkward_words_arrive_whole_but_for_nul(self, words: str) -> None:
        """A page is told that a message is too long; blanks around it are nothing."""
        request = self.genuine(self.says(words))
        if len(words.strip()) > LONGEST_TEXT:
            with pytest.raises(BadRequest, match="text"):
                self.make().parse(request)
            return
        assert [event.text for event in self.make().parse(request)] == [words.strip().replace("\x00", "")]

    def test_a_token_that_was_good_before_ends_at_its_time(self) -> None:
        token = tokens.issue(SECRET, VISITOR, NOW)
        with time_machine.travel(NOW - timedelta(seconds=1), tick=False) as traveller:
            assert tokens.read(SECRET, token) == tokens.Session(VISITOR, NOW)
            traveller.move_to(NOW)
            with pytest.raises(Unauthorized, match="expired"):
                tokens.read(SECRET, token)
        with pytest.raises(Unauthorized, match="not one of ours"):
            tokens.read(SECRET[::-1], token)

    async def test_a_file_is_fetched_up_to_its_limit(self) -> None:
        """It is stored when it is uploaded: there is nobody to fetch it from."""
        with pytest.raises(ChannelError) as refused:
            [chunk async for chunk in self.make().fetch_media(self.photo(), 10_000)]
        assert (refused.value.kind, refused.value.code) == ("bad_content", "stored")

    async def test_secrets_and_customers_words_stay_out_of_logs_and_errors(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        said = [repr(self.make())]
        for request in self.forged(self.says("LUM-10234")).values():
            try:
                self.make().authenticate(request)
            except Exception as refused:
                said.append(f"{refused} {refused!r}")
        assert len(said) == len(self.forged(b"")) + 1
        for line in [*said, *(record.getMessage() for record in caplog.records)]:
            assert SECRET not in line and "LUM-10234" not in line and "eyJ" not in line

    def test_the_payloads_show_every_kind_of_file_that_is_declared(self) -> None:
        """What a file is, its own bytes tell when it is uploaded; a message only names it."""
        refs = [ref for payload in golden("web") for event in self.events(payload) for ref in event.attachments]
        assert refs and self.make().caps.media_in == {"image", "audio", "video", "document"}

    def test_a_text_as_long_as_ours_can_be_is_shown_in_one_piece(self) -> None:
        (part,) = self.make().render(self.out("a" * 20_000), True)
        assert text.measure(self.shown(part), "codepoint") == 20_000
