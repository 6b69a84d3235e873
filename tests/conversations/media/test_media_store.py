"""Keeping files and giving them out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import transaction
from django.test import RequestFactory
from django.utils import timezone

from bot.conversations.media import serve, store
from bot.conversations.media.checks import Refused
from bot.conversations.models import Conversation, Media, Message
from bot.conversations.receive import conversation_for
from bot.conversations.writing import append, lock
from tests.conversations.media.files import pdf, photo
from tests.conversations.people import inbound

pytestmark = pytest.mark.django_db(transaction=True)


def lucia() -> Conversation:
    with transaction.atomic():
        return conversation_for(inbound("Hola", "1"))


def marc() -> Conversation:
    with transaction.atomic():
        return conversation_for(inbound("Hi", "2", sender="marc", language="en"))


def sent(conversation: Conversation, *files: Media) -> Message:
    with transaction.atomic():
        message = append(lock(conversation.pk), Message.Author.CUSTOMER, "Mira")
        store.attach(files, message)
    return message


def get(media: Media, **headers: str) -> Any:
    return serve.response(media, RequestFactory().get("/", headers=headers))


def test_an_upload_becomes_part_of_its_message() -> None:
    conversation = lucia()
    media = store.keep(photo(), conversation=conversation, name="abolladura.jpg", claimed="image/jpeg")
    assert store.uploads(conversation, [str(media.pk)]) == [media]
    message = sent(conversation, media)
    message.refresh_from_db()
    (shown,) = message.attachments
    assert shown == {
        "id": str(media.pk), "kind": "image", "mime": "image/jpeg", "name": "abolladura.jpg", "size": media.size,
        "state": "kept", "width": 64, "height": 48,
    }  # fmt: skip


def test_files_lie_outside_what_the_web_serves_and_are_nobody_elses_to_read() -> None:
    media = store.keep(photo(), conversation=lucia())
    path = Path(store.private().path(media.path))
    served = [Path(configured.MEDIA_ROOT), Path(configured.STATIC_ROOT), *map(Path, configured.STATICFILES_DIRS)]
    assert not [folder for folder in served if path.is_relative_to(folder)]
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_goes_out_as_a_download_that_no_browser_runs() -> None:
    media = store.keep(pdf(), conversation=lucia(), name='ticket "ñ".pdf')
    answer = get(media)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, pdf(), "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Content-Disposition"].isascii() and answer["Content-Disposition"].count('"') == 2
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "asked, status, part",
    [("bytes=0-3", 206, slice(0, 4)), ("bytes=5-", 206, slice(5, None)), ("bytes=-4", 206, slice(-4, None)),
     ("bytes=9999-", 416, slice(0, 0)), ("bytes=-", 200, slice(None)), ("pages=1", 200, slice(None))],
)  # fmt: skip
def test_a_player_gets_the_part_it_asks_for(asked: str, status: int, part: slice) -> None:
    answer = get(store.keep(pdf(), conversation=lucia()), range=asked)
    assert (answer.status_code, answer.content) == (status, pdf()[part])


def test_a_refusal_speaks_the_customers_language_and_keeps_nothing() -> None:
    for conversation, word in ((lucia(), "foto"), (marc(), "photo")):
        with pytest.raises(Refused) as refused:
            store.keep(b"MZ\x90\x00" + bytes(100), conversation=conversation, name="foto.jpg")
        assert word in str(refused.value)
        assert not conversation.media.exists()


def test_nobody_sends_anothers_file_nor_one_file_twice() -> None:
    mine, other = lucia(), marc()
    media = store.keep(photo(), conversation=mine)
    for ids in ([str(media.pk)], ["no-uuid"], ["00000000-0000-0000-0000-000000000000"]):
        with pytest.raises(Refused):
            store.uploads(other, ids)
    sent(mine, media)
    with pytest.raises(Refused):
        store.uploads(mine, [str(media.pk)])


def test_a_day_has_room_for_so_many_files(settings: Any) -> None:
    settings.MEDIA_PER_DAY, conversation = 2, lucia()
    for _ in range(2):
        store.keep(pdf(), conversation=conversation)
    with pytest.raises(Refused) as refused:
        store.keep(pdf(), conversation=conversation)
    assert refused.value.code == "too_many"


def test_an_upload_whose_message_never_came_is_forgotten_with_its_bytes() -> None:
    conversation = lucia()
    left, used = (store.keep(pdf(), conversation=conversation) for _ in range(2))
    sent(conversation, used)
    Media.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert store.forget_uploads() == 1
    assert [media.pk for media in Media.objects.all()] == [used.pk]
    assert (store.private().exists(left.path), store.private().exists(used.path)) == (False, True)


def test_erasing_a_customer_erases_the_files() -> None:
    conversation = lucia()
    media = store.keep(photo(), conversation=conversation)
    conversation.identity.customer.delete()
    assert not store.private().exists(media.path)
