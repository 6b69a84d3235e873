"""Files that Lucía sends over a channel whose provider holds them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import ownership, worker
from bot.conversations.database import on_database
from bot.conversations.media import arrivals, store
from bot.conversations.models import Conversation, Media, Message
from bot.conversations.webhooks import take_in
from bot.dialogue.base import Answer, Question, Reply
from bot.dialogue.scripted import ScriptedDialogue
from bot.shop.demo.load import load_demo
from bot.shop.models import Case
from channels.base import ChannelError, MediaRef
from channels.memory.adapter import MemoryAdapter
from tests.conversations.media.files import PLACE, pdf, photo, voice
from tests.conversations.people import inbound, settled

pytestmark = pytest.mark.django_db(transaction=True)


def image(ref: str, size: int | None = None) -> MediaRef:
    return MediaRef(kind="image", ref=ref, mime="image/jpeg", name=f"{ref}.jpg", size=size)


async def send(*refs: MediaRef, text: str = "", event: str = "1") -> Conversation:
    await take_in([inbound(text, event, attachments=refs)])
    await settled()
    return await Conversation.objects.aget()


async def told(conversation: Conversation) -> list[str]:
    return [line.text async for line in conversation.messages.filter(author="system").order_by("seq")]


async def files() -> list[Media]:
    return [media async for media in Media.objects.order_by("created_at")]


async def test_a_photo_is_kept_before_the_bot_answers(engine: ScriptedDialogue, phone: MemoryAdapter) -> None:
    phone.files["roto"] = photo()
    conversation = await send(image("roto"), text="Llegó roto")
    (media,) = await files()
    assert (media.state, media.mime, media.source) == ("kept", "image/jpeg", {})
    with store.private().open(media.path) as kept:
        assert PLACE.encode() not in kept.read()
    (question,) = engine.asked
    assert [item["state"] for item in question.attachments] == ["kept"]
    message = await conversation.messages.aget(author="customer")
    assert message.attachments == [store.shape(media)] and "ref" not in str(message.attachments)


async def test_an_album_is_one_turn_with_all_its_photos(
    engine: ScriptedDialogue, phone: MemoryAdapter, settings: Any
) -> None:
    phone.files |= {"a": photo(), "b": photo(32, 32)}
    await take_in([inbound("", str(n), attachments=(image(ref),), group="g") for n, ref in enumerate("ab")])
    await settled()
    (question,) = engine.asked
    assert len(question.attachments) == 2


@pytest.mark.parametrize("data", [b"MZ\x90\x00" + bytes(100), pdf(), photo()[:100]], ids=["programme", "pdf", "torn"])
async def test_what_is_no_photo_is_refused_in_words_and_nobody_else_is_asked(
    engine: ScriptedDialogue, phone: MemoryAdapter, data: bytes
) -> None:
    phone.files["roto"] = data
    conversation = await send(image("roto"))
    (media,) = await files()
    assert (media.state, media.path, media.source) == ("refused", "", {})
    (words,) = await told(conversation)
    assert "nvía" in words or "envíala" in words
    assert engine.asked == [] and conversation.turn_due_at is None
    assert [part.payload["text"] for part in phone.sent] == [words]


async def test_words_beside_a_refused_file_are_still_answered(engine: ScriptedDialogue, phone: MemoryAdapter) -> None:
    phone.files["roto"] = b"MZ"
    await send(image("roto"), text="Llegó roto")
    (question,) = engine.asked
    assert (question.text, question.attachments) == ("Llegó roto", ())


async def test_a_file_too_large_is_refused_without_being_fetched(
    engine: ScriptedDialogue, phone: MemoryAdapter, settings: Any
) -> None:
    settings.MEDIA_BYTES = 1_000_000
    conversation = await send(image("never-asked-for", size=1_000_001), image("neither", size=1_000_001))
    assert {media.problem for media in await files()} == {"too_large"}
    (words,) = await told(conversation)
    assert "1 MB" in words


async def test_a_file_that_is_late_is_fetched_by_the_worker(engine: ScriptedDialogue, phone: MemoryAdapter) -> None:
    phone.files["roto"] = photo()
    phone.file_failures.append(ChannelError("retry", "not yet", code="404"))
    conversation = await send(image("roto"), text="Mira")
    (media,) = await files()
    assert (media.state, media.attempts) == ("waiting", 1)
    assert len(engine.asked) == 1, "the turn does not wait for ever"
    await Media.objects.aupdate(due_at=timezone.now())
    await worker.sweep()
    (media,) = await files()
    assert media.state == "kept"
    events = [event async for event in conversation.events.filter(kind="media").values_list("data__state", flat=True)]
    assert events == ["kept"]


async def test_a_file_that_never_comes_is_given_up_and_the_customer_told(
    engine: ScriptedDialogue, phone: MemoryAdapter
) -> None:
    conversation = await send(image("gone"), text="Mira")
    phone.file_failures.extend(ChannelError("retry", "down") for _ in arrivals.BACKOFF)
    (media,) = await files()
    assert (media.state, media.problem) == ("lost", "missing")
    assert len(await told(conversation)) == 1


async def test_two_processes_fetch_a_file_once(engine: ScriptedDialogue, phone: MemoryAdapter) -> None:
    phone.files["roto"] = photo()
    await on_database(_stored_only, "roto")
    (media,) = await files()
    tried = await asyncio.gather(arrivals.fetch(media.pk), arrivals.fetch(media.pk))
    assert sorted(tried) == [False, True]
    assert phone.fetched == ["roto"]


def _stored_only(ref: str) -> None:
    from bot.conversations.receive import receive

    receive(inbound("", "1", attachments=(image(ref),)))


async def test_a_voice_note_is_heard_where_a_model_is_configured(
    engine: ScriptedDialogue, phone: MemoryAdapter, settings: Any
) -> None:
    settings.TRANSCRIBER = f"{__name__}.hears"
    phone.files["nota"] = voice()
    note = MediaRef(kind="audio", ref="nota", mime="audio/ogg; codecs=opus")
    conversation = await send(note)
    assert [question.text for question in engine.asked] == ["(es) el hervidor no calienta"]
    message = await conversation.messages.aget(author="customer")
    assert (message.text, message.attachments[0]["transcript"]) == ("", "(es) el hervidor no calienta")


def hears(data: bytes, mime: str, language: str) -> str:
    assert data == voice() and mime == "audio/ogg"
    return f"({language}) el hervidor no calienta"


async def test_a_voice_note_that_cannot_be_heard_is_kept_all_the_same(
    engine: ScriptedDialogue, phone: MemoryAdapter, settings: Any
) -> None:
    settings.TRANSCRIBER = "no.such.function"
    phone.files["nota"] = voice()
    await send(MediaRef(kind="audio", ref="nota", mime="audio/ogg"))
    (media,) = await files()
    assert (media.state, media.transcript, media.kind) == ("kept", "", "audio")


class TestPhotosOfACase:
    """The dialogue opens a case and tells its number as a fact."""

    @pytest.fixture
    def case(self, transactional_db: None) -> Case:
        load_demo(timezone.now().date())
        from bot.shop.models import Order

        return Case.objects.create(
            number="PV-2611-000009", order=Order.objects.first(), asked_kind="damaged", kind="damaged",
            decision="approved", clause="x", inputs={}, result={}, rules="x", conversation="c", message_id="m",
            decided_on=timezone.now().date(), opened_at=timezone.now(),
        )  # fmt: skip

    def script(self, case: Case) -> Any:
        def answer(question: Question) -> Answer:
            if question.text == "listo":
                return Answer((Reply("Abierto"),), facts={"case": case.number})
            return Answer((Reply("¿Qué ha pasado?", asks="reason" if question.text == "otra cosa" else ""),))

        return answer

    async def test_the_photo_sent_before_and_the_one_sent_after_belong_to_it(
        self, engine: ScriptedDialogue, phone: MemoryAdapter, case: Case
    ) -> None:
        engine._script = self.script(case)
        phone.files |= {"antes": photo(), "después": photo()}
        await send(image("antes"), text="Llegó roto")
        assert [media.case for media in await files()] == [""]
        await send(text="listo", event="2")
        await send(image("después"), event="3")
        assert [media.case for media in await files()] == [case.number] * 2
        log = [event async for event in case.events.values_list("event", "actor")]
        assert log == [("file", "customer")] * 2

    async def test_a_photo_for_the_next_matter_is_not_put_to_the_last_case(
        self, engine: ScriptedDialogue, phone: MemoryAdapter, case: Case
    ) -> None:
        engine._script = self.script(case)
        phone.files["otra"] = photo()
        await send(text="listo")
        await send(image("otra"), text="otra cosa", event="2")
        assert [media.case for media in await files()] == [""]

    async def test_with_an_agent_the_photo_goes_to_the_case_as_it_comes(
        self, engine: ScriptedDialogue, phone: MemoryAdapter, case: Case, ana: Any
    ) -> None:
        engine._script = self.script(case)
        phone.files["pedida"] = photo()
        conversation = await send(text="listo")
        await on_database(ownership.take, conversation.pk, ana.pk, agent_name="Ana")
        await send(image("pedida"), event="2")
        assert [media.case for media in await files()] == [case.number]
        assert len(engine.asked) == 1
        assert await conversation.messages.filter(author=Message.Author.BOT).acount() == 1
