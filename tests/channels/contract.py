"""The suite that every channel passes: inherit `ChannelContract`, fill in the holes, and keep payloads beside it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import text
from channels.base import (
    BadRequest,
    ChannelAdapter,
    ChannelError,
    Choice,
    Citation,
    ErrorKind,
    Inbound,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
    Template,
    Unauthorized,
)
from tests.channels.samples import AWKWARD, MARKUP, PROPERTY, SECRET_WORDS, changed_json, json_values, long_texts
from tests.channels.standins import JPEG, StandIn

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"


def golden(kind: str) -> list[Path]:
    return sorted(path for path in (PAYLOADS / kind).iterdir() if not path.name.endswith(".expected.json"))


class ChannelContract:
    kind: str
    webhook = "/webhook"
    secrets: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    provider: StandIn | None = None

    # The holes

    def make(self) -> ChannelAdapter:
        """A fresh adapter on a fresh stand-in for its provider, which goes into `self.provider`."""
        raise NotImplementedError

    def genuine(self, body: bytes) -> RawRequest:
        raise NotImplementedError

    def forged(self, body: bytes) -> dict[str, RawRequest]:
        raise NotImplementedError

    def says(self, words: str, event: str = "1") -> bytes:
        """The body of a webhook in which Lucía says `words`."""
        raise NotImplementedError

    def changed(self, body: bytes) -> st.SearchStrategy[bytes]:
        """The body of a webhook with one value replaced; a channel that does not speak JSON has its own way."""
        return st.builds(lambda seed, value: changed_json(json.loads(body), seed, value), st.randoms(), json_values)

    def shown(self, part: Part) -> str:
        """The text that the customer sees."""
        raise NotImplementedError

    def offered(self, part: Part) -> list[str]:
        """The ids behind the part's buttons or list."""
        raise NotImplementedError

    def refusals(self) -> list[tuple[str, Any, ErrorKind]]:
        """What the provider may answer to a message, and what that means."""
        raise NotImplementedError

    def photo(self) -> MediaRef:
        raise NotImplementedError

    def received(self, adapter: ChannelAdapter) -> list[str]:
        """The texts that went out to the provider, oldest first."""
        raise NotImplementedError

    def addressee(self) -> str:
        """To whom the last call to the provider was."""
        raise NotImplementedError

    # What is common

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "payload" in metafunc.fixturenames:
            files = golden(self.kind)
            metafunc.parametrize("payload", files, ids=[path.stem for path in files])

    def out(self, words: str, **more: Any) -> Outbound:
        fields: dict[str, Any] = {"to": self.customers[0], "actor": "bot", "text": words}
        return Outbound(id=UUID(int=7), **(fields | more))

    def events(self, payload: Path) -> Sequence[Inbound]:
        path = self.webhook + ("?reference=0193.2" if payload.stem.startswith("status") else "")
        request = RawRequest(method="POST", path=path, headers={}, body=payload.read_bytes())
        return self.make().parse(request)

    def calls(self) -> int:
        return len(self.provider.calls) if self.provider else 0

    # 1: who may speak

    def test_a_genuine_request_is_accepted(self) -> None:
        adapter, request = self.make(), self.genuine(self.says("Hola"))
        adapter.authenticate(request)
        assert [event.text for event in adapter.parse(request)] == ["Hola"]

    def test_forged_requests_are_refused(self) -> None:
        adapter = self.make()
        for name, request in self.forged(self.says("Hola")).items():
            with pytest.raises(Unauthorized):
                adapter.authenticate(request)
                pytest.fail(f"accepted: {name}")

    @PROPERTY
    @given(st.text(max_size=80), st.binary(max_size=200))
    def test_whatever_stands_in_the_header_is_refused_and_breaks_nothing(self, header: str, body: bytes) -> None:
        adapter, request = self.make(), self.genuine(self.says("Hola"))
        headers = dict.fromkeys(request.headers, header + "x")
        with pytest.raises(Unauthorized):
            adapter.authenticate(request.model_copy(update={"headers": headers, "body": body}))

    # 2, 4, 5, 6: what is understood

    def test_the_same_event_has_one_name(self) -> None:
        adapter = self.make()
        first, again, other = (
            adapter.parse(self.genuine(body))[0]
            for body in (self.says("Hola"), self.says("Hola"), self.says("Hola", event="2"))
        )
        assert (first.channel, first.account, first.event_id) == (again.channel, again.account, again.event_id)
        assert first.event_id != other.event_id

    @PROPERTY
    @given(st.binary(max_size=400))
    def test_an_unreadable_body_is_nothing_or_a_bad_request(self, body: bytes) -> None:
        adapter = self.make()
        with contextlib.suppress(BadRequest):
            assert adapter.parse(self.genuine(body)) == []

    @PROPERTY
    @given(st.data())
    def test_a_payload_with_anything_in_place_of_one_value_breaks_nothing(self, data: st.DataObject) -> None:
        body = data.draw(self.changed(data.draw(st.sampled_from(golden(self.kind))).read_bytes()))
        with contextlib.suppress(BadRequest):
            for event in self.make().parse(self.genuine(body)):
                assert Inbound.model_validate_json(event.model_dump_json(exclude={"raw"})) is not None

    @pytest.mark.parametrize("words", AWKWARD, ids=range(len(AWKWARD)))
    def test_awkward_words_arrive_whole_but_for_nul(self, words: str) -> None:
        events = self.make().parse(self.genuine(self.says(words)))
        assert [event.text for event in events] == [words.replace("\x00", "")]

    def test_the_payload_is_read_as_recorded(self, payload: Path) -> None:
        events = [
            event.model_dump(mode="json", exclude={"raw"}, exclude_defaults=True) for event in self.events(payload)
        ]
        assert events == json.loads(payload.with_name(f"{payload.stem}.expected.json").read_text())

    def test_an_event_survives_json(self, payload: Path) -> None:
        for event in self.events(payload):
            assert Inbound.model_validate_json(event.model_dump_json()) == event

    async def test_a_customers_id_is_carried_as_it_is(self) -> None:
        for customer in self.customers:
            adapter = self.make()
            (part,) = adapter.render(self.out("Hola, Lucía", to=customer), True)
            await adapter.send(Part.model_validate_json(part.model_dump_json()))
            assert part.to == customer
            if self.provider:
                assert customer == self.addressee()

    # 7: quick to answer

    def test_reading_and_acknowledging_asks_nobody(self) -> None:
        adapter = self.make()
        for payload in golden(self.kind):
            request = self.genuine(payload.read_bytes())
            adapter.authenticate(request)
            adapter.parse(request)
            assert adapter.acknowledge(request).status == 200
        assert self.calls() == 0

    # 8, 9: how it is said

    @PROPERTY
    @given(long_texts)
    def test_long_words_are_split_within_the_limit_and_nothing_is_lost(self, said: str) -> None:
        adapter = self.make()
        if not said.strip():
            with pytest.raises(ChannelError):
                adapter.render(self.out(said), True)
            return
        shown = [self.shown(part) for part in adapter.render(self.out(said), True)]
        assert all(text.measure(each, adapter.caps.text_unit) <= adapter.caps.max_text for each in shown)
        assert "".join("".join(shown).split()) == "".join(said.split())

    @pytest.mark.parametrize("nothing", ["", "  ", "\n\n"])
    def test_nothing_is_not_sent(self, nothing: str) -> None:
        with pytest.raises(ChannelError) as refused:
            self.make().render(self.out(nothing), True)
        assert refused.value.kind == "bad_content"

    @pytest.mark.parametrize("said", MARKUP, ids=range(len(MARKUP)))
    def test_markup_shows_literally(self, said: str) -> None:
        (part,) = self.make().render(self.out(said), True)
        assert self.shown(part) == said

    def test_sources_are_named_with_their_address(self) -> None:
        source = Citation(
            slug="juntas", title="Cambiar la junta & el filtro", url="https://lumbre.es/a?b=1&c=2", revision=3
        )
        parts = self.make().render(self.out("La junta se cambia en casa.", citations=(source,)), True)
        said = "".join(map(self.shown, parts))
        assert source.title in said
        assert source.url in json.dumps([dict(part.payload) for part in parts]).replace("&amp;", "&")

    # 10: choices

    def test_choices_within_the_limits_are_offered_by_id(self) -> None:
        choices = (Choice(id="q7-yes", label="Sí, recogedla"), Choice(id="q7-no", label="No"))
        adapter = self.make()
        *_, last = adapter.render(self.out("¿La recogemos?", choices=choices), True)
        if adapter.caps.buttons:
            assert self.offered(last) == ["q7-yes", "q7-no"]
        else:
            assert "1. Sí, recogedla\n2. No" in self.shown(last)

    @pytest.mark.parametrize("count, length", [(120, 8), (2, 180), (11, 190)])
    def test_choices_beyond_the_limits_become_a_numbered_list(self, count: int, length: int) -> None:
        choices = tuple(Choice(id=f"c{n}", label=f"Opción {n} ".ljust(length, "x")) for n in range(1, count + 1))
        parts = self.make().render(self.out("¿Qué le pasa?", choices=choices), True)
        said = "".join(map(self.shown, parts))
        assert all(f"{n}. {choice.label}" in said for n, choice in enumerate(choices, 1))
        assert [self.offered(part) for part in parts] == [[]] * len(parts)
        assert text.chosen(str(count), choices) == choices[-1]
        assert text.chosen(choices[0].label.upper(), choices) == choices[0]

    # 11: windows

    def test_beyond_the_window_only_a_template_goes_out(self) -> None:
        adapter, template = self.make(), Template(name="case_update", language="es", variables={"1": "LUM-1"})
        if adapter.caps.reply_window is None:
            assert adapter.render(self.out("Hola"), False) == adapter.render(self.out("Hola"), True)
            return
        with pytest.raises(ChannelError) as refused:
            adapter.render(self.out("Hola", actor="human"), False)
        assert refused.value.kind == "window"
        if adapter.caps.templates:
            (part,) = adapter.render(self.out("Hola", template=template), False)
            assert "Hola" not in json.dumps(dict(part.payload))
        else:
            with pytest.raises(ChannelError, match="ago"):
                adapter.render(self.out("Hola", template=template), False)

    def test_beyond_the_window_a_person_may_answer_longer_if_declared(self) -> None:
        adapter = self.make()
        if adapter.caps.agent_window is None:
            return
        assert adapter.caps.reply_window and adapter.caps.agent_window > adapter.caps.reply_window
        assert adapter.render(self.out("Hola", actor="human", late=True), False)
        for author in ("bot", "system"):
            with pytest.raises(ChannelError) as refused:
                adapter.render(self.out("Hola", actor=author, late=True), False)
            assert refused.value.kind == "window"

    # 12: refusals

    async def test_a_sent_message_gets_the_providers_name(self) -> None:
        adapter = self.make()
        (part,) = adapter.render(self.out("Hola"), True)
        result = await adapter.send(part)
        assert all(result.provider_ids) and result.state in ("accepted", "sent", "delivered")

    async def test_refusals_are_judged_and_never_repeated(self) -> None:
        for name, answer, kind in self.refusals():
            adapter = self.make()
            (part,) = adapter.render(self.out(SECRET_WORDS), True)
            self.refuse(adapter, answer)
            with pytest.raises(ChannelError) as refused:
                await adapter.send(part)
            assert (name, refused.value.kind) == (name, kind)
            assert self.calls() <= 1

    def refuse(self, adapter: ChannelAdapter, answer: Any) -> None:
        assert self.provider is not None
        self.provider.next_answers(answer)

    # 15, 16: files and signals

    async def test_a_file_is_fetched_up_to_its_limit(self) -> None:
        adapter = self.make()
        assert b"".join([chunk async for chunk in adapter.fetch_media(self.photo(), len(JPEG))]) == JPEG
        with pytest.raises(ChannelError) as refused:
            [chunk async for chunk in adapter.fetch_media(self.photo(), len(JPEG) - 1)]
        assert (refused.value.kind, refused.value.code) == ("bad_content", "too_large")

    async def test_a_failing_signal_breaks_nothing(self) -> None:
        adapter = self.make()
        if self.provider:
            self.provider.next_answers(httpx.ConnectError("down"), httpx.Response(500), httpx.Response(403, json={}))
        for _ in range(3):
            await adapter.signal(self.customers[0], "typing", "SM" + "1" * 32)
            await adapter.signal(self.customers[0], "read", "SM" + "1" * 32)

    # 22: what stays secret

    async def test_secrets_and_customers_words_stay_out_of_logs_and_errors(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        said = [repr(self.make()), str(self.make())]
        for _, answer, _ in [("good", None, None), *self.refusals()]:
            adapter = self.make()
            (part,) = adapter.render(self.out(SECRET_WORDS), True)
            if answer is not None:
                self.refuse(adapter, answer)
            try:
                await adapter.send(part)
            except ChannelError as refused:
                said.append(f"{refused} {refused!r} {refused.__cause__!r}")
        adapter = self.make()
        [chunk async for chunk in adapter.fetch_media(self.photo(), 10_000)]
        for request in self.forged(self.says(SECRET_WORDS)).values():
            with pytest.raises(Unauthorized) as unauthorized:
                adapter.authenticate(request)
            said.append(str(unauthorized.value))
        mine = [record.getMessage() for record in caplog.records if not record.name.startswith("asyncio")]
        for line in [*said, *mine]:
            assert not [secret for secret in (*self.secrets, "LUM-10234") if secret in line], line

    # 23: no capability without proof

    def test_the_payloads_show_every_kind_of_file_that_is_declared(self) -> None:
        seen = {
            ref.kind for payload in golden(self.kind) for event in self.events(payload) for ref in event.attachments
        }
        assert seen == self.make().caps.media_in

    def test_the_payloads_show_a_location_if_declared(self) -> None:
        seen = any(event.location for payload in golden(self.kind) for event in self.events(payload))
        assert seen == self.make().caps.location

    def test_declared_buttons_and_lists_hold_as_many_as_declared(self) -> None:
        caps = self.make().caps
        for count in {caps.buttons, caps.list_items} - {0}:
            choices = tuple(Choice(id=f"c{n}", label=f"Opción {n}") for n in range(count))
            *_, last = self.make().render(self.out("¿Cuál?", choices=choices), True)
            assert self.offered(last) == [choice.id for choice in choices]

    async def test_typing_is_shown_if_declared(self) -> None:
        adapter = self.make()
        await adapter.signal(self.customers[0], "typing", "SM" + "1" * 32)
        if self.provider:
            assert bool(self.provider.calls) == adapter.caps.typing_out

    def test_files_beyond_the_declared_size_become_a_link(self) -> None:
        for kind, size in self.make().caps.media_out.items():
            ref = MediaRef(kind=kind, ref="https://lumbre.es/etiqueta.pdf", name="etiqueta.pdf", size=size + 1)
            parts = self.make().render(self.out("Tu etiqueta", media=(ref,)), True)
            assert ref.ref in "".join(map(self.shown, parts))

    def test_one_adapter_serves_one_loop_after_another(self) -> None:
        adapter = self.make()
        (part,) = adapter.render(self.out("Hola"), True)
        for _ in range(2):
            assert asyncio.run(adapter.send(part)).provider_ids
